import { join } from 'node:path'
import { expect } from 'bun:test'
import { later, tempFolder } from '../support/bot.ts'
import { barriersIn, expectAccessible } from '../support/browser/axe.ts'
import { type APage, inBrowser, visiting } from '../support/browser/browser.ts'

/*
 * What the tests of the page stand on: that a browser does what they ask of it under Bun, and that each of their guards
 * can fail.
 */

const POLICY = `default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'`

inBrowser('a file is chosen, dropped, sent and fetched', async (aPage) => {
  const { page } = await aPage({ baseURL: aSite() })
  await page.goto('/upload')
  await page.setInputFiles('input', aFile('表格.csv', 'chosen'))
  await page.locator('main').drop({ files: aFile('b.csv', 'dropped') })
  await page.getByText('dropped b.csv').waitFor()

  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('got 表格.csv: chosen').waitFor()

  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Result' }).click()
  const download = await coming
  const kept = join(tempFolder(), 'kept.csv')
  await download.saveAs(kept)
  expect(download.suggestedFilename()).toBe('result.csv')
  expect(await Bun.file(kept).text()).toBe('a,b')
})

inBrowser('two people at once, each with their own language, colours and cookies', async (aPage) => {
  const baseURL = aSite()
  const [mei, jo] = await Promise.all([
    aPage({ baseURL, locale: 'zh-CN', colorScheme: 'dark' }),
    aPage({ baseURL, javaScriptEnabled: false, viewport: { width: 390, height: 844 } }),
  ])
  await mei.context.addCookies([{ name: 'who', value: 'mei', url: baseURL }])
  await Promise.all([mei.page.goto('/echo'), jo.page.goto('/echo')])
  expect(await mei.page.textContent('body')).toBe('zh-CN who=mei')
  expect(await jo.page.textContent('body')).toBe('en-US ')
  expect(await mei.page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`)).toBe(true)
  expect((await jo.page.screenshot()).byteLength).toBeGreaterThan(1_000)
})

inBrowser('a question is answered, and kept', async (aPage) => {
  const { page, questions } = await aPage({ baseURL: aSite(), confirms: true })
  await page.goto('/asks')
  await page.getByText('confirmed').waitFor()
  expect(questions).toEqual(['Stop 3 rows?'])
})

for (const [what, path, complaint] of [
  ['an inline script', '/inline', /violates the following Content Security Policy directive 'script-src/],
  ['an inline style', '/inline', /violates the following Content Security Policy directive 'style-src/],
  ['another host', '/stranger', /^Another host was asked: https:\/\/example\.com\/x\.png$/],
  ['a script that throws', '/throws', /^A script failed: thrown$/],
  ['an alert', '/throws', /^An alert: 1$/],
  ['a page that is not there', '/missing', /status of 404 .*\/missing/],
] as const)
  inBrowser(`${what} is a complaint`, async (aPage) => {
    const { page } = await aPage({ baseURL: aSite(), expected: [complaint, /./] })
    await page.goto(path)
  })

inBrowser('a test fails by a complaint alone, and by one that it expected in vain', async () => {
  const baseURL = aSite()
  // Not expect().rejects: it holds Bun's event loop, and each message of the browser then takes a second.
  const faultOf = async (path: string, expected: RegExp[]) => {
    const body = async (aPage: APage) => void (await (await aPage({ baseURL, expected })).page.goto(path))
    return visiting(body).then(() => 'none', String)
  }
  expect(await faultOf('/missing', [/404/])).toBe('none')
  expect(await faultOf('/missing', [])).toContain('status of 404')
  expect(await faultOf('/upload', [/404/])).toContain('Expected, and never happened: /404/')
})

inBrowser('axe sees, under the policy, an input without a label', async (aPage) => {
  const { page } = await aPage({ baseURL: aSite() })
  await page.goto('/unlabelled')
  expect(await barriersIn(page)).toEqual([
    expect.stringMatching(/^critical: Form elements must have labels \(label\)\. .*In: <input id="bare">$/),
  ])
  await page.goto('/upload')
  await expectAccessible(page)
})

/** A site whose every page is under the policy, but /throws. */
function aSite(): string {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, routes: ROUTES, development: false })
  later(() => server.stop(true))
  return server.url.origin
}

const FORM = `<form method="post" action="/sent" enctype="multipart/form-data">
  <label>Workbook <input type="file" name="file"></label><button>Send</button></form><script src="/drop.js"></script>`
const DROP = `const main = document.querySelector('main')
  main.addEventListener('dragover', (event) => event.preventDefault())
  main.addEventListener('drop', (event) => main.append('dropped ' + event.dataTransfer.files[0].name))`
const THROWS = `<script>alert(1); throw new Error('thrown')</script>`

const ROUTES = {
  // Asked for by itself, once, by a browser whose page names no icon.
  '/favicon.ico': () => new Response(null, { status: 204 }),
  '/upload': () => html(FORM),
  '/drop.js': () => new Response(DROP, { headers: { 'content-type': 'text/javascript' } }),
  '/sent': async (request: Request) => {
    const file = (await request.formData()).get('file')
    if (!(file instanceof File)) return html('no file')
    return html(`got ${file.name}: ${await file.text()} <a href="/result">Result</a>`)
  },
  '/result': () =>
    new Response('a,b', { headers: { 'content-disposition': 'attachment; filename="result.csv"' } }),
  '/echo': ({ headers }: Request) =>
    new Response(`${headers.get('accept-language')?.split(',')[0]} ${headers.get('cookie') ?? ''}`),
  '/asks': () => html('<script src="/asks.js"></script>'),
  '/asks.js': () => new Response(`if (confirm('Stop 3 rows?')) document.body.append('confirmed')`),
  '/inline': () => html('<p style="color: red">Hello</p><script>1</script>'),
  '/stranger': () => html('<img alt="" src="https://example.com/x.png">'),
  '/throws': () => new Response(THROWS, { headers: { 'content-type': 'text/html' } }),
  '/missing': () => html('Not here', 404),
  '/unlabelled': () => html('<input id="bare">'),
}

function html(body: string, status = 200): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }
  const page = `<!doctype html><html lang="en"><title>Self</title><main><h1>Self</h1>${body}</main></html>`
  return new Response(page, { status, headers })
}

function aFile(name: string, text: string) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
}
