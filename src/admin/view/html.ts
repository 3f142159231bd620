/** HTML that is safe to send. Only the `html` tag makes it. */
export class Html {
  constructor(readonly value: string) {}

  toString(): string {
    return this.value
  }
}

/** What a template may contain. */
export type Renderable = Html | string | number | undefined | null | false | readonly Renderable[]

/** Escapes every value except Html and lists of Html. undefined, null and false show nothing. */
export function html(strings: TemplateStringsArray, ...values: Renderable[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(rendered)))
}

function rendered(value: Renderable): string {
  if (value instanceof Html) return value.value
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(rendered).join('')
  return Bun.escapeHTML(String(value)).replaceAll('`', '&#96;')
}

/** Pieces with a separator between them. */
export function joined(pieces: Html[], between: Html | string): Html[] {
  return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [html`${between}`, piece]))
}

export function htmlResponse(body: Html, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(body.value, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
}

/** After a form was sent: redirects to a GET, so that a reload does not send the form again. */
export function seeOther(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location: path, 'cache-control': 'no-store', ...headers },
  })
}
