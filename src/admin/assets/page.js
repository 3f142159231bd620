/* What the page does beyond links and forms. Everything works without it, too. */

const isTyping = (target) => target.matches?.('input, textarea, select, [contenteditable]')
const one = (selector) => document.querySelector(selector)

/* Live parts of the page reload every few seconds, but not in a hidden tab nor while live updates are paused. */
let isPaused = false
const livePieces = () => [...document.querySelectorAll('[data-live]')]

document.addEventListener('htmx:config:request', (event) => {
  const { sourceElement } = event.detail.ctx
  if (sourceElement.matches('[data-live]') && (isPaused || document.hidden)) event.preventDefault()
})
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !isPaused) refresh()
})

/** @returns how many parts are asked for */
function refresh() {
  if (isPaused || document.hidden) return 0
  const pieces = livePieces().filter((piece) => piece.hasAttribute('hx-trigger'))
  for (const piece of pieces) htmx.trigger(piece, 'every')
  return pieces.length
}

function toggleLive() {
  isPaused = !isPaused
  showLive()
  if (!isPaused) refresh()
}

function showLive() {
  for (const button of document.querySelectorAll('[data-live-button]')) {
    button.hidden = livePieces().length === 0
    button.setAttribute('aria-pressed', String(!isPaused))
    const { on, off, lost } = button.dataset
    const { stale } = document.documentElement.dataset
    button.textContent = isPaused || stale === 'signed-out' ? off : stale === undefined ? on : lost
  }
}

/* When the task’s state changes, its rows and log change too: reload them now. */
const stateShown = () => one('#live .state')?.className
let state = stateShown()

/* With script, a question opens in the dialog; without, it is a page of its own. */
document.addEventListener('htmx:after:swap', ({ detail }) => {
  const dialog = one('#dialog')
  // A string (a selector) if the server has redirected the answer to another element.
  const target = typeof detail.ctx.target === 'string' ? one(detail.ctx.target) : detail.ctx.target
  if (target === dialog && dialog.childElementCount > 0 && !dialog.open) ask(dialog, detail.ctx.sourceElement)
  if (detail.ctx.sourceElement.closest?.('#dialog') && !target?.closest?.('#dialog')) dialog.close()
  // A form’s effect may show in the other live parts, too.
  const before = state
  state = stateShown()
  if (detail.ctx.sourceElement.matches('form') || state !== before) refresh()
  localTimes()
  showLive()
})

/* The button that was pressed may be gone: Pause becomes Resume. The keys stay with the buttons that took its place. */
const pressed = new WeakMap()
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
  const { sourceElement: form } = ctx
  if (!form.matches('form') || form.closest('dialog') || !form.contains(document.activeElement)) return
  pressed.set(ctx, form.closest('li[id], tr[id], section[id], [data-live]')?.id)
})
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  if (!pressed.has(ctx)) return
  const around = document.getElementById(pressed.get(ctx) ?? '')
  back(around?.querySelector('.acts :is(button, a[role=button])') ?? null, around?.id)
})

/* Returns the focus to where it was. If that element is gone, its task or row is the next best. */
function ask(dialog, opener) {
  const around = opener.closest('li[id], tr[id], section, main')
  dialog.addEventListener('close', () => back(opener, around?.id), { once: true })
  dialog.showModal()
}

function back(opener, id) {
  const now = document.activeElement
  if (now && now !== document.body && now.checkVisibility()) return
  const around = id ? document.getElementById(id) : null
  const next = [opener, around?.querySelector('[data-item]'), one('main')].find(
    (element) => element?.isConnected,
  )
  next?.focus({ preventScroll: true })
}

document.addEventListener('click', (event) => {
  const { target } = event
  if (target.closest('[data-dismiss]')) target.closest('#fault').remove()
  if (target.closest('#dialog [data-close]')) {
    event.preventDefault()
    one('#dialog').close()
  }
  if (target.closest('[data-live-button]')) toggleLive()
  closeMenus(target.closest('details.menu > div :is(a, button)') ? null : target.closest('details.menu'))
})
document.addEventListener('focusin', ({ target }) => closeMenus(target.closest('details.menu')))

function closeMenus(butThis = null) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu === butThis) continue
    // Choosing an entry closes the menu: the focus returns to its button.
    if (menu.contains(document.activeElement)) menu.querySelector('summary').focus()
    menu.removeAttribute('open')
  }
}

/* Selects that act at once, and files that are sent as soon as they are chosen. */
document.addEventListener('change', ({ target }) => {
  if (!target.matches('[data-submits]')) return
  const drop = target.closest('.drop')
  if (drop) send(drop, [...target.files])
  else target.form.requestSubmit()
})

/* Sends files with their folders, shows them and how much has arrived, and then the page that answers. */
function send(drop, files) {
  const tooLarge = tooLargeText(drop.dataset, files)
  drop.querySelector('.too-large').textContent = tooLarge ?? ''
  if (tooLarge !== undefined) {
    drop.querySelector('input[type=file]').value = ''
    return
  }
  const { form } = drop.querySelector('input[type=file]')
  const body = new FormData(form)
  body.delete('file')
  for (const file of files) body.append('file', file, pathOf(file))
  drop.setAttribute('aria-busy', 'true')
  const label = drop.querySelector('strong')
  const asked = label.textContent
  label.textContent = drop.dataset.sending
  const bar = drop.querySelector('progress')
  const list = drop.querySelector('ul.sent')
  list.replaceChildren(...files.slice(0, MOST_LISTED).map(listed))
  if (files.length > MOST_LISTED) list.append(`… ${files.length}`)
  list.hidden = false
  bar.hidden = false
  const request = new XMLHttpRequest()
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    bar.max = total
    bar.value = loaded
  })
  const again = () => {
    drop.removeAttribute('aria-busy')
    label.textContent = asked
    bar.hidden = true
    drop.querySelector('input[type=file]').value = ''
    say(drop.dataset.failed)
    void connection.check()
  }
  request.addEventListener('load', () => (isAnswered(request) ? answered(request) : again()))
  request.addEventListener('error', again)
  request.open('POST', form.action)
  request.responseType = 'document'
  request.setRequestHeader('accept', 'text/html')
  // A large file takes long to arrive nowhere: ask first.
  void connection.isSure().then((isSure) => (isSure ? request.send(body) : again()))
}

/* The path of one of our pages, under whatever path a proxy shows us: this script lies in a folder of it. */
const ours = (name) => new URL(`../${name}`, import.meta.url).pathname

/* By Rowbot, and not by a proxy in front of it or by its sign-in. */
function isAnswered(request) {
  return request.getResponseHeader(OURS) !== null && new URL(request.responseURL).pathname !== ours('sign-in')
}

/* Says so before a long upload that the server would refuse. */
function tooLargeText({ workbookBytes, filesBytes, workbookTooLarge, filesTooLarge }, files) {
  const workbook = files.find(({ name, size }) => WORKBOOK.test(name) && size > Number(workbookBytes))
  if (workbook) return `${pathOf(workbook)}: ${workbookTooLarge}`
  const others = files.filter(({ name }) => !WORKBOOK.test(name))
  const bytes = others.reduce((sum, { size }) => sum + size, 0)
  return bytes > Number(filesBytes) ? filesTooLarge : undefined
}

const WORKBOOK = /\.(xlsx|csv|xlsm|xlsb|xls|ods|fods|et|tsv|numbers)$/i
const MOST_LISTED = 20
const paths = new WeakMap()
const pathOf = (file) => paths.get(file) ?? (file.webkitRelativePath || file.name)

function listed(file) {
  const item = document.createElement('li')
  const { lang } = document.documentElement
  const size = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(file.size / 2 ** 20)
  item.textContent = `${pathOf(file)} · ${size} MB`
  return item
}

function answered({ status, responseURL, responseXML }) {
  if (status < 400 || !responseXML) {
    location.assign(responseURL)
    return
  }
  one('main').replaceWith(responseXML.querySelector('main'))
  document.title = responseXML.title
  one('main [role=alert]')?.scrollIntoView()
  htmx.process(one('main'))
}

/* A file may be dropped anywhere on a page with a drop area: outside of it, a browser would open the file instead. */
const doorAt = (target) => target.closest?.('.drop') ?? one('.drop')
const hasFiles = (event) => event.dataTransfer?.types.includes('Files')

document.addEventListener('dragover', (event) => {
  const door = doorAt(event.target)
  if (!door || !hasFiles(event)) return
  event.preventDefault()
  door.classList.add('over')
})
document.addEventListener('dragleave', ({ target, relatedTarget }) => {
  if (!relatedTarget) doorAt(target)?.classList.remove('over')
})
document.addEventListener('drop', (event) => {
  const door = doorAt(event.target)
  if (!door || !hasFiles(event)) return
  event.preventDefault()
  door.classList.remove('over')
  // A browser forgets what was dropped once this event is over.
  const entries = [...event.dataTransfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? [])
  const loose = [...event.dataTransfer.files]
  void sendDropped(door, entries, loose)
})

/* If a folder cannot be read: what the browser itself says was dropped. */
async function sendDropped(door, entries, loose) {
  const found = await Promise.all(entries.map(filesIn)).catch(() => [])
  const files = found.length > 0 ? found.flat() : loose
  if (files.length > 0) send(door, files)
}

/* The files of a dropped file or folder, and of the folders in it. */
async function filesIn(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject))
    paths.set(file, entry.fullPath.replace(/^[/]/, ''))
    return [file]
  }
  const reader = entry.createReader()
  const all = []
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    for (const inner of some) all.push(...(await filesIn(inner)))
  }
}

/* Keyboard shortcuts. */
const KEYS = {
  '/': () => one('[data-search]')?.focus(),
  j: () => step(1),
  k: () => step(-1),
  n: () => one('[data-new]')?.click(),
  r: toggleLive,
  t: () => one('[data-theme-button]')?.click(),
  '?': () => one('#keys')?.showModal(),
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeMenus()
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
  if (one('dialog[open]')) return
  const act = KEYS[event.key]
  if (!act) return
  event.preventDefault()
  act()
})

function step(by) {
  const items = [...document.querySelectorAll('[data-item]')]
  // When a button inside a task has the focus, “next” still means the next task.
  const at = items.findIndex((item) => (item.closest('li, tr') ?? item).contains(document.activeElement))
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + by, 0), items.length - 1)
  items[next]?.focus()
}

/* From a search into what it found, and back: with the arrow keys. */
document.addEventListener('keydown', (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!by || event.isComposing || !event.target.matches?.('[data-find], [data-choice]')) return
  const stops = [...document.querySelectorAll('[data-find], [data-choice]')]
  const next = stops[stops.indexOf(event.target) + by]
  if (!next) return
  event.preventDefault()
  next.focus()
})

/* The server does not know the viewer’s time zone: shows exact times in it, as tooltips and for some as text. */
function localTimes() {
  const { lang } = document.documentElement
  const now = new Date()
  for (const time of document.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime)
    if (Number.isNaN(at.getTime())) continue
    time.title = at.toLocaleString(lang)
    if (time.dataset.clock) time.textContent = at.toLocaleString(lang, clockOf(at, now, time.dataset.clock))
  }
}

function clockOf(at, now, precision) {
  if (precision === 'date') return { dateStyle: 'medium' }
  const isToday = at.toDateString() === now.toDateString()
  const isThisYear = at.getFullYear() === now.getFullYear()
  return {
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    ...(precision === 'seconds' && { second: '2-digit' }),
    ...(!isToday && { day: 'numeric', month: 'short' }),
    ...(!isThisYear && { year: 'numeric' }),
  }
}

localTimes()
showLive()
