/* Says truly whether the page is alive, and refuses clicks that would go nowhere. What is pure is in connection.js. */

const ASK_MS = 5_000
const PART_MS = 10_000
const LOOK_EVERY_MS = 5_000
/** On every answer of Rowbot: what a proxy says in its place does not have it. */
const OURS = 'x-rowbot'

/* Not on the sign-in page, which has nothing to lose. */
const bar = one('#connection')
const isLivePart = (element) => element?.matches?.('[data-live]') ?? false

const connection = new Connection({
  now: () => Date.now(),
  random: Math.random,
  ask: askServer,
  after: (ms, act) => {
    const timer = setTimeout(() => act(), ms)
    return () => clearTimeout(timer)
  },
  refresh: () => tryParts(),
  changed: () => showConnection(),
})

async function askServer() {
  try {
    const response = await fetch(ours('alive'), { cache: 'no-store', signal: AbortSignal.timeout(ASK_MS) })
    if (!response.ok || !response.headers.has(OURS)) return 'none'
    noteEnd(response.headers)
    const { signedIn } = await response.json()
    return signedIn ? 'ok' : 'signed-out'
  } catch {
    return 'none'
  }
}

const noteEnd = (headers) => connection.stops(headers.get(OURS) === 'stopping')

/* Live parts are not asked while the connection is lost, but for this one try. */
let isTrying = false
function tryParts() {
  isTrying = true
  const asked = refresh()
  isTrying = false
  return asked
}

/* --- what is shown --- */

const clock = (at) =>
  new Date(at).toLocaleTimeString(document.documentElement.lang, {
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

let shownState = 'ok'
let countdown
function showConnection() {
  if (!bar) return
  const state = connection.state === 'ok' && connection.isStopping ? 'stopping' : connection.state
  const { dataset } = document.documentElement
  if (connection.isStale) dataset.stale = connection.state
  else delete dataset.stale
  if (state !== shownState) {
    bar.hidden = state === 'ok'
    bar.dataset.state = state
    // One sentence in a live region, said once; the seconds beside it would be read out again and again.
    one('#connection [role=alert]').textContent = sentenceFor(state)
    one('#connection [data-try]').hidden = state !== 'lost'
    one('#connection a').hidden = state !== 'signed-out'
    // A sentence about a click that the lost connection refused is out of date.
    if (state === 'ok') {
      one('#fault[data-refused]')?.remove()
      one('#connected').textContent = bar.dataset.again
    } else one('#connected').textContent = ''
    clearInterval(countdown)
    if (state === 'lost') {
      countdown = setInterval(showWait, 1_000)
      giveUp()
    }
    shownState = state
  }
  if (state === 'signed-out') linkToSignIn()
  showWait()
  showLive()
}

function sentenceFor(state) {
  const { lost, stopped, stopping, signedOut } = bar.dataset
  if (state === 'lost')
    return (connection.isStopping ? stopped : lost).replace('{time}', clock(connection.heardAt))
  return { stopping, 'signed-out': signedOut }[state] ?? ''
}

function showWait() {
  const seconds = Math.ceil((connection.nextAt - Date.now()) / 1_000)
  const said = connection.isChecking || seconds <= 0 ? bar.dataset.trying : bar.dataset.wait
  one('#connection [data-wait-shown]').textContent =
    connection.state === 'lost' ? said.replace('{seconds}', String(seconds)) : ''
}

/* Somebody who has typed signs in beside this page, so that nothing typed is lost. */
function linkToSignIn() {
  const link = one('#connection a')
  link.href = signInPath()
  const isTyped = hasTyped()
  link.target = isTyped ? '_blank' : ''
  one('#connection [data-typed-shown]').hidden = !isTyped
}

const signInPath = () =>
  `${ours('sign-in')}?${new URLSearchParams({ next: location.pathname + location.search }).toString()}`

function hasTyped() {
  const fields = document.querySelectorAll('main :is(input, textarea, select), dialog :is(input, textarea)')
  return [...fields].some((field) => {
    if (field.matches('[type=hidden], [type=search], [data-submits]:not([type=file])')) return false
    if (field.type === 'file') return field.files.length > 0
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked
    if (field.type === 'select-one')
      return [...field.options].some((one) => one.defaultSelected && !one.selected)
    return field.value !== field.defaultValue
  })
}

/* A sentence where the person looks: in the open dialog, or under the header, which stays in view. */
function say(text, { isRefused = false } = {}) {
  one('#fault')?.remove()
  const said = one('#said > .fault').cloneNode(true)
  said.id = 'fault'
  said.setAttribute('role', 'alert')
  said.querySelector('p').textContent = text
  said.toggleAttribute('data-refused', isRefused)
  const place = one('dialog[open] article') ?? one('#notice')
  place.prepend(said)
}

/* What was said in a dialog goes with it. */
document.addEventListener('close', ({ target }) => target.querySelector?.('#fault')?.remove(), true)

/* Nothing was sent. Somebody who is signed out and has nothing to lose is led to the sign-in, and from there back. */
function refuse() {
  const isOut = connection.state === 'signed-out'
  if (isOut && !hasTyped()) location.assign(signInPath())
  else say(isOut ? bar.dataset.notSignedIn : refusal(), { isRefused: true })
}

const refusal = () =>
  connection.state === 'ok' && connection.isStopping ? bar.dataset.refusedStopping : bar.dataset.refused

/* --- requests of htmx --- */

document.addEventListener('htmx:config:request', (event) => {
  if (!bar) return
  const { ctx } = event.detail
  const isPart = isLivePart(ctx.sourceElement)
  if (isPart) ctx.request.timeout = PART_MS
  if (connection.state === 'ok' || (isPart && isTrying)) return
  event.preventDefault()
  if (isPart) return
  unchoose(ctx.sourceElement)
  refuse()
})

document.addEventListener('htmx:before:response', (event) => {
  if (!bar) return
  const { ctx } = event.detail
  const { headers, status } = ctx.response
  const isPart = isLivePart(ctx.sourceElement)
  if (!headers.has(OURS)) {
    // Never swapped: a proxy’s page would replace the part.
    event.preventDefault()
    failed(ctx, bar.dataset.proxy.replace('{status}', String(status)))
    return
  }
  noteEnd(headers)
  const to = headers.get('hx-redirect')
  if (!to?.startsWith(ours('sign-in'))) return connection.heard(isPart)
  event.preventDefault()
  connection.signedOut()
  if (!isPart) refuse()
})

/* A click that waits for a server that hangs is told so with the rest, not after htmx’s minute. */
const underWay = new Set()
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
  if (!isLivePart(ctx.sourceElement)) underWay.add(ctx)
})
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => underWay.delete(ctx))

function giveUp() {
  // With this reason, and no other, htmx reports it.
  for (const { request } of underWay) request.abort('timeout')
}

/* A request without an answer. One that came but could not be shown is not a matter of the connection. */
document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (bar && ctx?.request && ctx.text === undefined) failed(ctx, bar.dataset.unknown)
})

/** @param unknown what to say if it may have been done */
function failed({ sourceElement, request }, unknown) {
  if (isLivePart(sourceElement)) {
    void connection.partFailed()
    return
  }
  const mayBeDone = request.method !== 'GET'
  say(mayBeDone ? unknown : bar.dataset.refused)
  void connection.check()
}

/* A select that acts at once shows what is true again. */
function unchoose(form) {
  if (form.matches('form') && form.querySelector('select[data-submits]')) form.reset()
}

/* --- links and forms without htmx: they leave the page, and with it what was typed --- */

const IS_HTMX = '[hx-post], [hx-get]'
const sure = new WeakSet()
const waiting = new WeakSet()

document.addEventListener(
  'submit',
  (event) => {
    const { target: form, submitter } = event
    if (!bar || form.method === 'dialog' || form.matches(IS_HTMX) || sure.delete(form)) return
    if (connection.state === 'ok' && form.method !== 'post') return
    event.preventDefault()
    void sendOnceSure(form, submitter)
  },
  true,
)

async function sendOnceSure(form, submitter) {
  if (waiting.has(form)) return
  waiting.add(form)
  const isSure = await connection.isSure()
  waiting.delete(form)
  if (isSure && form.isConnected && submitter?.isConnected !== false) {
    sure.add(form)
    form.requestSubmit(submitter)
    // If the form was invalid there was no event.
    sure.delete(form)
    return
  }
  unchoose(form)
  refuse()
}

document.addEventListener(
  'click',
  (event) => {
    const { target } = event
    if (!bar || !target.closest) return
    if (target.closest('[data-try]')) {
      void connection.check()
      return
    }
    const link = target.closest('a[href]')
    if (connection.state !== 'lost' || !link || link.origin !== location.origin) return
    if (link.matches(IS_HTMX) || link.getAttribute('href').startsWith('#')) return
    if (link.matches('#dialog [data-close]')) return
    event.preventDefault()
    refuse()
  },
  true,
)

/* --- when to look --- */

const lookAgain = () => {
  if (bar && !document.hidden && (connection.state !== 'ok' || Date.now() - connection.heardAt > QUIET_MS))
    void connection.check()
}
document.addEventListener('visibilitychange', lookAgain)
document.addEventListener('resume', lookAgain) // after a frozen tab
window.addEventListener('online', lookAgain)
window.addEventListener('offline', () => bar && void connection.check())
window.addEventListener('pageshow', ({ persisted }) => persisted && bar && void connection.check())
document.addEventListener('input', () => bar && connection.state === 'signed-out' && linkToSignIn())
// A timer stands still while the machine sleeps: the first tick afterwards sees how long it was.
setInterval(() => {
  if (bar && !document.hidden) connection.checkIfQuiet()
}, LOOK_EVERY_MS)
