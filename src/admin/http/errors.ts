import { inEnglish, say } from '../../engine/sentence.ts'
import { ValidationError } from 'elysia'
import { NotAllowed } from '../../app/actor.ts'
import { MonthUsedUp } from '../../app/usage.ts'
import { FilesAway } from '../../engine/files.ts'
import { DatabaseAway } from '../../db/away.ts'
import { UnknownTask } from '../../engine/engine.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Assets } from '../assets.ts'
import { HttpFault } from './fault.ts'
import type { AdminLog } from '../options.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { html, type Html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { loggedPath } from './logged-path.ts'
import { type Visitor, visitorOf } from './visitor.ts'
import { wrongFields } from './wrong-fields.ts'
import { faultParts, faultText } from '../../messages/fault-text.ts'
import { NotStored } from './not-stored.ts'

export interface FaultOptions {
  assets: Assets
  log: AdminLog
  /** the methods of a path */
  methodsAt: (pathname: string) => string[]
}

/** Answers anything thrown: as a page, as a part of one, or as JSON. */
export function answerFault(
  thrown: unknown,
  request: Request,
  { assets, log, methodsAt }: FaultOptions,
): Response {
  const fault = faultOf(thrown, request, { log, methodsAt })
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    ...(fault.retryAfterSeconds !== undefined && { 'retry-after': String(fault.retryAfterSeconds) }),
    ...(fault.allow && { allow: fault.allow.join(', ') }),
    ...(fault.code === 'signed_out' && { 'www-authenticate': 'Bearer realm="Rowbot"' }),
  }
  const visitor = visitorOf(request)
  if (!wantsPage(request)) {
    const { message, hint } = faultParts(fault, visitor.texts)
    return Response.json(problemOf({ code: fault.code, status: fault.status, message, hint }), {
      status: fault.status,
      headers: { ...headers, 'content-type': PROBLEM_TYPE },
    })
  }
  const isHtmx = request.headers.get('hx-request') === 'true'
  if (fault.code === 'signed_out') {
    const path = request.method === 'GET' && !isHtmx ? visitor.path : pathOf(request.headers.get('referer'))
    const to = `/sign-in?${new URLSearchParams({ next: path }).toString()}`
    return isHtmx ? new Response(null, { status: 204, headers: { 'hx-redirect': to } }) : seeOther(to)
  }
  if (isHtmx) {
    const where = { 'hx-retarget': '#notice', 'hx-reswap': 'innerHTML', 'hx-reselect': '#fault' }
    // 422 in place of a 5xx: htmx does not show those, and there is a message to show.
    return htmlResponse(notice(fault, visitor), fault.status >= 500 ? 422 : fault.status, {
      ...headers,
      ...where,
    })
  }
  return htmlResponse(faultPage(assets, visitor, fault), fault.status, headers)
}

/** @returns a fault that a person can read; an unexpected error is logged under an id, which the message quotes */
function faultOf(
  thrown: unknown,
  request: Request,
  { log, methodsAt }: Pick<FaultOptions, 'log' | 'methodsAt'>,
): HttpFault {
  const { faults } = visitorOf(request).texts.page
  // Elysia wraps what a parser throws.
  const inner = thrown instanceof Error ? thrown.cause : undefined
  const cause = inner instanceof UserError || inner instanceof NotStored ? inner : thrown
  if (cause instanceof HttpFault) return cause
  if (cause instanceof NotAllowed) return new HttpFault('read_only', cause.says.message, cause.says.hint)
  if (cause instanceof UnknownTask) return new HttpFault('not_found', cause.says.message, cause.says.hint)
  if (cause instanceof DatabaseAway || cause instanceof FilesAway)
    return new HttpFault('unavailable', cause.says.message, cause.says.hint)
  if (cause instanceof MonthUsedUp) {
    const { usage } = visitorOf(request).texts
    return new HttpFault('conflict', usage.usedUp(cause.room), usage.usedUpHint(cause.room))
  }
  if (cause instanceof UserError) return new HttpFault('conflict', cause.says.message, cause.says.hint)
  // An invalid request is the client’s fault; an invalid answer of ours is not.
  if (cause instanceof ValidationError && cause.type !== 'response') return invalid(cause)
  const code = codeOf(cause)
  if (code === 'NOT_FOUND') {
    const allow = methodsAt(new URL(request.url).pathname)
    return allow.length === 0
      ? new HttpFault('not_found', faults.notFound)
      : notAllowed(request.method, allow)
  }
  if (code === 'PARSE') return new HttpFault('bad_request', say('body-unreadable'))
  const id = crypto.randomUUID().slice(0, 8)
  // A validation error contains the whole answer, cells included: log only the names of the wrong fields.
  const about =
    cause instanceof ValidationError ? { wrong: wrongFields(cause).map(inEnglish) } : { err: cause }
  log.error({ ...about, id, path: loggedPath(request) }, 'a request of the page failed')
  return new HttpFault('internal', faults.internal, faults.internalHint(id))
}

function notAllowed(method: string, allow: string[]): HttpFault {
  return new HttpFault(
    'method_not_allowed',
    say('method-not-possible', { method }),
    say('do-possible-are', { names: allow }),
    undefined,
    allow,
  )
}

function invalid(error: ValidationError): HttpFault {
  const fields = wrongFields(error)
  return new HttpFault(
    'invalid',
    fields.length > 0 ? say('fields-invalid', { fields }) : say('request-invalid'),
    say('do-see-docs'),
  )
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}

/** Programs get JSON; a client that asks for HTML gets a page. */
function wantsPage(request: Request): boolean {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/api/')) return false
  return (request.headers.get('accept') ?? '').includes('text/html') || request.headers.has('hx-request')
}

function pathOf(referer: string | null): string {
  if (referer === null || !URL.canParse(referer)) return '/batch'
  const { pathname, search } = new URL(referer)
  return pathname + search
}

function notice(fault: HttpFault, { texts }: Visitor): Html {
  return html`<div id="fault" class="fault" role="alert">
    <p>${faultText(fault, texts)}</p>
    <button class="quiet" data-dismiss aria-label="${texts.page.keys.close}">✕</button>
  </div>`
}

function faultPage(assets: Assets, visitor: Visitor, fault: HttpFault): Html {
  const { code } = fault
  const { message, hint } = faultParts(fault, visitor.texts)
  const { faults } = visitor.texts.page
  const title = code === 'not_found' ? faults.notFoundTitle : faults.title
  return page(assets, visitor, {
    title,
    isNarrow: true,
    main: html`<article class="empty">
      <h1>${title}</h1>
      <p>${message}</p>
      ${hint === undefined ? '' : html`<p>${hint}</p>`}
      <p><a href="/batch" role="button">${faults.toTasks}</a></p>
    </article>`,
  })
}
