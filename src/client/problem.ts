/** What the server refused, as it says so itself: problem details (RFC 9457). */
export class RowbotProblem extends Error {
  override readonly name = 'RowbotProblem'

  constructor(
    readonly status: number,
    /** one word for a program: `not_found`, `conflict`, … */
    readonly code: string,
    message: string,
    /** what to do about it */
    readonly hint: string | undefined,
    /** all that was answered */
    readonly body: unknown,
  ) {
    super(message)
  }

  static async of(response: Response): Promise<RowbotProblem> {
    const text = await response.text()
    const body = parsed(text)
    const { code, message, hint } = body
    return new RowbotProblem(
      response.status,
      typeof code === 'string' ? code : 'unknown',
      // A proxy in front of the server answers in its own way.
      typeof message === 'string' ? message : `The server answered ${response.status}.`,
      typeof hint === 'string' ? hint : undefined,
      body,
    )
  }
}

function parsed(text: string): {
  [name: string]: unknown
  code?: unknown
  message?: unknown
  hint?: unknown
} {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}
