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

/* Rows that are chosen stay chosen when the sheet reloads itself. */
const chosen = new Set()

function showChosen() {
  const boxes = [...document.querySelectorAll('.sheet input[name=row]')]
  for (const box of boxes) box.checked = chosen.has(box.value)
  const all = one('[data-choose-all]')
  if (all) all.checked = boxes.length > 0 && boxes.every(({ checked }) => checked)
  const form = one('[data-chosen]')
  if (!form) return
  form.toggleAttribute('data-any', chosen.size > 0)
  form.querySelector('button').disabled = chosen.size === 0
  const count = form.querySelector('[data-chosen-count]')
  count.textContent = chosen.size === 0 ? '' : `${chosen.size} ${count.dataset.words}`
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
  if (boxes.length > 0) showChosen()
})

/* A click anywhere in a row opens it, unless it does something else or text is being selected. */
document.addEventListener('click', ({ target, detail }) => {
  const copy = target.closest?.('[data-copy]')
  if (copy) void copyOf(copy)
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
document.addEventListener('dblclick', ({ target }) => {
  const grip = target.closest?.('[data-grip]')
  if (!grip) return
  const sheet = grip.closest('[data-sheet]')
  const { hidden, widths } = choicesOf(sheet)
  delete widths[grip.closest('th').dataset.column]
  choose(sheet, { hidden, widths })
})

/* From row to row in the panel, with the arrow keys. */
document.addEventListener('keydown', (event) => {
  const to = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
  if (!to || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  const link = one(`#dialog[open] article.row a[rel=${to}]`)
  if (!link) return
  event.preventDefault()
  // Not a click: keys come faster than htmx takes up a new panel, and a link by itself leaves the page.
  const at = { source: link, target: '#dialog', select: '#question', swap: 'innerHTML' }
  void htmx.ajax('GET', link.getAttribute('href'), at)
})

/* Rows that run again are chosen no more. */
document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches('form[action$="/rows/again"][method=post]')) chosen.clear()
  showSheet()
})
showSheet()
