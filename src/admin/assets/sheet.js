/* The rows of a task as a sheet: which columns are shown and how wide is remembered for a workflow in this browser. */
const sheetStyle = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheetStyle]

const sheetKey = (sheet) => `rowbot-sheet-${sheet.dataset.sheet}`

/* `{ hidden: ['inputs.tone'], widths: { 'outputs.text': 300 } }`; what cannot be read is as if nothing was chosen. */
function choicesOf(sheet) {
  try {
    const { hidden = [], widths = {} } = JSON.parse(localStorage.getItem(sheetKey(sheet)) ?? '{}')
    return { hidden, widths }
  } catch {
    return { hidden: [], widths: {} }
  }
}

function choose(sheet, choices) {
  try {
    localStorage.setItem(sheetKey(sheet), JSON.stringify(choices))
  } catch {
    // A browser that stores nothing: it holds until the page is left.
  }
  showSheet(choices)
}

/* Rules of a stylesheet, so that they hold for rows that are shown later, too. */
function showSheet(given) {
  const sheet = one('[data-sheet]')
  if (!sheet) return
  const { hidden, widths } = given ?? choicesOf(sheet)
  const rules = [...sheet.querySelectorAll('th[data-col]')].flatMap(({ dataset: { col, column } }) => [
    ...(hidden.includes(column) ? [`.sheet [data-col="${col}"] { display: none }`] : []),
    ...(Number(widths[column]) > 0
      ? [
          `.sheet [data-col="${col}"] { width: ${Number(widths[column])}px; min-width: ${Number(widths[column])}px; max-width: ${Number(widths[column])}px }`,
        ]
      : []),
  ])
  sheetStyle.replaceSync(rules.join('\n'))
  for (const menu of document.querySelectorAll('[data-columns]')) fillColumns(menu, sheet, hidden)
  showChosen()
}

function fillColumns(menu, sheet, hidden) {
  const heads = [...sheet.querySelectorAll('th[data-col]')]
  menu.hidden = heads.length < 2
  menu.querySelector('div').replaceChildren(
    ...heads.map((head) => {
      const label = document.createElement('label')
      const box = document.createElement('input')
      box.type = 'checkbox'
      // Nothing that anybody has typed: alive.js must not keep the page for it.
      box.defaultChecked = !hidden.includes(head.dataset.column)
      box.dataset.shows = head.dataset.column
      label.append(box, head.querySelector('bdi')?.textContent ?? head.textContent)
      return label
    }),
  )
}

/* Rows that are chosen stay chosen on other pages of the sheet, and when the page is loaded again in this tab. */
const chosenKey = `rowbot-chosen-${location.pathname}`
const chosen = new Set(storedChosen())

function storedChosen() {
  try {
    return JSON.parse(sessionStorage.getItem(chosenKey) ?? '[]').map(String)
  } catch {
    return []
  }
}

function storeChosen() {
  try {
    if (chosen.size === 0) sessionStorage.removeItem(chosenKey)
    else sessionStorage.setItem(chosenKey, JSON.stringify([...chosen]))
  } catch {
    // A browser that stores nothing, or no more: they are chosen until the page is left.
  }
}

function chooseNone() {
  chosen.clear()
  storeChosen()
  showChosen()
}

function showChosen() {
  const boxes = [...document.querySelectorAll('.sheet input[name=row]')]
  for (const box of boxes) box.checked = chosen.has(box.value)
  const all = one('[data-choose-all]')
  if (all) all.checked = boxes.length > 0 && boxes.every(({ checked }) => checked)
  const form = one('[data-chosen]')
  if (!form) return
  form.toggleAttribute('data-any', chosen.size > 0)
  form.querySelector('button:not([type=button])').disabled = chosen.size === 0
  const count = form.querySelector('[data-chosen-count]')
  count.textContent = chosen.size === 0 ? '' : `${chosen.size} ${count.dataset.words}`
  // Those of other pages have no box here.
  const shown = new Set(boxes.map(({ value }) => value))
  for (const field of form.querySelectorAll('input[type=hidden]')) field.remove()
  for (const row of chosen) if (!shown.has(row)) form.append(hiddenField('row', row))
}

function hiddenField(name, value) {
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = name
  field.value = value
  return field
}

document.addEventListener('change', ({ target }) => {
  const sheet = one('[data-sheet]')
  if (!sheet) return
  if (target.matches('[data-shows]')) {
    const { hidden, widths } = choicesOf(sheet)
    const others = hidden.filter((column) => column !== target.dataset.shows)
    choose(sheet, { hidden: target.checked ? others : [...others, target.dataset.shows], widths })
  }
  const boxes = target.matches('[data-choose-all]')
    ? [...sheet.querySelectorAll('input[name=row]')]
    : target.matches('.sheet input[name=row]')
      ? [target]
      : []
  for (const box of boxes) {
    if (target.checked) chosen.add(box.value)
    else chosen.delete(box.value)
  }
  if (boxes.length === 0) return
  storeChosen()
  showChosen()
})

/* A click anywhere in a row opens it, unless it does something else or text is being selected. */
document.addEventListener('click', ({ target, detail }) => {
  const copy = target.closest?.('[data-copy]')
  if (copy) void copyOf(copy)
  if (target.closest?.('[data-choose-none]')) chooseNone()
  const row = target.closest?.('.sheet tbody tr')
  if (!row || target.closest('a, input, button, label, summary') || detail > 1) return
  if (String(getSelection()) === '') row.querySelector('[data-item]')?.click()
})

async function copyOf(button) {
  const text = button.parentElement.querySelector('[data-copied]')?.textContent ?? ''
  await navigator.clipboard.writeText(text)
  const { said } = button.dataset
  const before = button.textContent
  button.textContent = said
  setTimeout(() => (button.textContent = before), 1_500)
}

/* A column’s edge is dragged; two clicks give it its own width again. */
document.addEventListener('pointerdown', (event) => {
  const grip = event.target.closest?.('[data-grip]')
  if (!grip) return
  event.preventDefault()
  const sheet = grip.closest('[data-sheet]')
  const head = grip.closest('th')
  const from = event.clientX
  const width = head.getBoundingClientRect().width
  const { hidden, widths } = choicesOf(sheet)
  let wanted = width
  const move = ({ clientX }) => {
    wanted = Math.round(Math.max(60, width + clientX - from))
    showSheet({ hidden, widths: { ...widths, [head.dataset.column]: wanted } })
  }
  const end = () => {
    document.removeEventListener('pointermove', move)
    if (wanted !== width) choose(sheet, { hidden, widths: { ...widths, [head.dataset.column]: wanted } })
  }
  document.addEventListener('pointermove', move)
  document.addEventListener('pointerup', end, { once: true })
  document.addEventListener('pointercancel', end, { once: true })
})
document.addEventListener('keydown', (event) => {
  const grip = event.target.closest?.('[data-grip]')
  const by = { ArrowLeft: -20, ArrowRight: 20 }[event.key]
  if (!grip || by === undefined) return
  event.preventDefault()
  event.stopPropagation()
  const sheet = grip.closest('[data-sheet]')
  const head = grip.closest('th')
  const { hidden, widths } = choicesOf(sheet)
  const width = Math.round(Math.max(60, head.getBoundingClientRect().width + by))
  choose(sheet, { hidden, widths: { ...widths, [head.dataset.column]: width } })
})
document.addEventListener('dblclick', ({ target }) => {
  const grip = target.closest?.('[data-grip]')
  if (!grip) return
  const sheet = grip.closest('[data-sheet]')
  const { hidden, widths } = choicesOf(sheet)
  delete widths[grip.closest('th').dataset.column]
  choose(sheet, { hidden, widths })
})

/* --- the sheet changes in place: no other part moves, nor does the sheet to its first column --- */

const addresses = new WeakMap()

/* Filters, headings and pages are links to the page with another query. */
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href$="#rows"]')
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
  if (!link || event.defaultPrevented || !isPlain || link.pathname !== location.pathname || !one('#rows'))
    return
  event.preventDefault()
  showRows(link, link.pathname + link.search)
})

document.addEventListener('submit', (event) => {
  const { target: form } = event
  if (event.defaultPrevented || !form.matches('#rows form[role=search]')) return
  event.preventDefault()
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''))
  showRows(form, `${location.pathname}${query.size > 0 ? `?${query}` : ''}`)
})

window.addEventListener('popstate', () => {
  const part = one('#rows')
  // Also fires for #main.
  if (part && queryOf(part.getAttribute('hx-get')) !== queryOf(location.href))
    showRows(part.firstElementChild)
})

/** @param address what the address bar says then; without it, it says so already */
function showRows(source, address) {
  if (address) addresses.set(source, address)
  const { pathname, search } = new URL(address ?? location.href, location.href)
  void htmx.ajax('GET', `${pathname}/rows${search}`, { source, target: '#rows', swap: 'outerMorph' })
}

const queryOf = (url) => String(new URL(url, location.href).searchParams)

/* An answer to what was shown before comes too late. */
document.addEventListener('htmx:before:swap', (event) => {
  const { sourceElement, request } = event.detail.ctx
  if (sourceElement.id !== 'rows' || !request) return
  if (queryOf(request.action) !== queryOf(sourceElement.getAttribute('hx-get'))) event.preventDefault()
})

document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  const address = addresses.get(ctx.sourceElement)
  if (!address) return
  addresses.delete(ctx.sourceElement)
  history.pushState(null, '', address)
  one('.sheet-scroll')?.scrollTo({ top: 0 })
  const top = one('#rows').getBoundingClientRect().top
  if (top < 0 || top > innerHeight / 2) one('#rows').scrollIntoView()
})

/* --- the panel of one row --- */

/* Which row it shows, and that row in the sheet, by a rule of a stylesheet: the sheet reloads beneath it. */
const panelStyle = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, panelStyle]
const panelRow = () => one('#dialog[open] article.row')?.dataset.row

function showPanelRow() {
  const row = panelRow()
  panelStyle.replaceSync(row ? `#row-${Number(row)} > td { background: var(--chosen) !important }` : '')
  if (row) document.getElementById(`row-${row}`)?.scrollIntoView({ block: 'nearest' })
}

/* From row to row, with the keys. */
const STEPS = { ArrowLeft: 'prev', k: 'prev', ArrowRight: 'next', j: 'next' }
document.addEventListener('keydown', (event) => {
  const to = STEPS[event.key]
  if (!to || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  const link = one(`#dialog[open] article.row a[rel=${to}]`)
  if (!link) return
  event.preventDefault()
  if (holdsTyped()) return
  // Not a click: keys come faster than htmx takes up a new panel, and a link by itself leaves the page.
  const at = { source: link, target: '#dialog', select: '#question', swap: 'innerHTML' }
  void htmx.ajax('GET', link.getAttribute('href'), at)
})

/* What is typed in the panel is not thrown away at the first try to leave it. */
let isWarned = false
function holdsTyped() {
  const panel = one('#dialog[open] article.row')
  const fields = [...(panel?.querySelectorAll('textarea, input:not([type=hidden], [type=checkbox])') ?? [])]
  if (isWarned || !fields.some(({ value, defaultValue }) => value !== defaultValue)) return false
  isWarned = true
  say(panel.dataset.unsaved)
  return true
}

document.addEventListener('input', () => (isWarned = false))
document.addEventListener(
  'click',
  (event) => {
    if (!event.target.closest?.('#dialog article.row a:is([hx-get], [data-close])') || !holdsTyped()) return
    event.preventDefault()
    event.stopPropagation()
  },
  true,
)
document.addEventListener(
  'cancel',
  (event) => {
    if (event.target.id === 'dialog' && holdsTyped()) event.preventDefault()
  },
  true,
)

/* The focus goes to the row that was shown last, which need not be the one that was opened. */
document.addEventListener(
  'close',
  ({ target }) => {
    if (target.id !== 'dialog') return
    isWarned = false
    const row = target.querySelector('article.row')?.dataset.row
    if (row)
      document.getElementById(`row-${row}`)?.querySelector('[data-item]')?.focus({ preventScroll: true })
    showPanelRow()
  },
  true,
)

/* Rows that run again are chosen no more. */
document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches('form[action$="/rows/again"][method=post]')) chooseNone()
  showSheet()
  showPanelRow()
})
showSheet()
