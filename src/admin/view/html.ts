/** HTML that is safe to send: made only by `html`, never by hand. */
export class Html {
  constructor(readonly value: string) {}

  toString(): string {
    return this.value
  }
}

/** What a template may hold. */
export type Renderable = Html | string | number | undefined | null | false | readonly Renderable[]

/** Escapes every value it is given, but Html and lists of Html. Nothing is shown for undefined, null and false. */
export function html(strings: TemplateStringsArray, ...values: Renderable[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(rendered)))
}

function rendered(value: Renderable): string {
  if (value instanceof Html) return value.value
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(rendered).join('')
  return Bun.escapeHTML(String(value)).replaceAll('`', '&#96;')
}

/** Pieces with something between them. */
export function joined(pieces: Html[], between: Html | string): Html[] {
  return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [html`${between}`, piece]))
}

export function htmlResponse(body: Html, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(body.value, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
}

/** After a form was sent: a GET of another page, so that a reload sends nothing again. */
export function seeOther(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location: path, 'cache-control': 'no-store', ...headers },
  })
}
