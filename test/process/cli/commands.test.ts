import { expect, test } from 'bun:test'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { rowsXml, xlsx } from '../../workbook/support/xlsx.ts'
import { openBot, tempFolder } from '../../support/bot.ts'
import { aFolder, besideSandbox, CALL, KEY, rowbot, SAMPLE } from '../../support/command.ts'
import { freePort } from '../../support/free-port.ts'

test('what is done from the command line is in the audit by whoever is logged in, and what settings do by them', async () => {
  const { env, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const run = (...args: string[]) => rowbot(args, { ...env, USER: 'mei' }).ended
  sandbox.misbehaveBy(({ route, inputs }) =>
    route === 'run' && inputs['name'] === 'Kettle 1.7 l' ? 'failed' : undefined,
  )
  const out = join(folder, 'out.xlsx')
  const ran = await run('run', SAMPLE, '--retries', '0', '--json', '--out', out)
  const { id } = JSON.parse(ran.out)
  sandbox.behave()
  await run('retry', id, '--out', out)
  await run('pause', id) // it is completed: refused
  await run('delete', id)
  await run('workflow', 'sync', 'product')
  await run('workflow', 'key', 'product', '--key', KEY)
  await run('workflow', 'access', 'product', '--users', 'U1')
  await run('workflow', 'access', 'product') // only asks
  await run('workflow', 'remove', 'product')

  const bot = await openBot(folder)
  const { entries } = await listAudit(bot.db)
  const acts = entries.map(({ action, who, face, role }) => [action, face, who, role])
  expect(acts.toReversed()).toEqual([
    ['workflow.add', 'config', 'DIFY_API_KEYS', 'admin'],
    ...[
      'task.create',
      'task.retry',
      'task.delete',
      'workflow.sync',
      'workflow.key',
      'workflow.access',
      'workflow.remove',
    ].map((action) => [action, 'cli', 'mei', 'admin']),
  ])
})

test('check names every fault, and exits 2 when a row could not run', async () => {
  const { run, folder } = besideSandbox()
  const csv = join(folder, 'bad.csv')
  await Bun.write(csv, 'Name,Key features,Tone\nKettle,hot,formal\n,hot,friendly\n')
  const { code, out } = await run('check', csv, '--workflow', 'Product copywriter')
  expect(out).toContain('A3')
  expect(out).toContain('C3')
  expect(out).toContain('1 of 2 rows can run.')
  expect(code).toBe(2)
  const plain = await run('check', csv, '--rows', '--json')
  expect(JSON.parse(plain.out)).toMatchObject({
    headings: ['Name', 'Key features', 'Tone'],
    rows: [
      { row: 2, cells: ['Kettle', 'hot', 'formal'] },
      { row: 3, cells: [null, 'hot', 'friendly'] },
    ],
  })
})

test('check shows the rows of the very sheet and lines that it checked', async () => {
  const { run, folder } = besideSandbox()
  const file = join(folder, 'book.xlsx')
  const cover = { name: 'Cover', data: rowsXml([['Read me'], ['first']]) }
  const data = rowsXml([['Spring'], ['Name', 'Key features'], ['Kettle', 'hot']])
  await Bun.write(file, xlsx({ sheets: [cover, { name: 'Data', data }] }))
  const { out } = await run('check', file, '--workflow', 'Product copywriter', '--rows')
  expect(out).toEndWith('1 of 1 rows can run.\nrow\tName\tKey features\n3\tKettle\thot\n')
})

test('run leaves out what cannot run, marks it in a copy, and keeps it in the result', async () => {
  const { run, folder } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'bad.csv')
  await Bun.write(csv, 'Name,Key features,Tone\nKettle,hot,formal\n,hot,friendly\nToaster,warm,casual\n')
  const ended = await run('run', csv, '--out', join(folder, 'out.csv'))
  expect(ended.err).toContain('2 can run, 1 cannot and are left out')
  expect(existsSync(join(folder, 'out.marked.xlsx'))).toBe(true)
  expect(ended.out).toContain('2 done')
  expect(ended.out).toContain('1 could not be run; the result says why.')
  expect(ended.code).toBe(2)
  const lines = (await Bun.file(join(folder, 'out.csv')).text()).trim().split(/\r?\n/)
  expect(lines.slice(1).map((line) => /succeeded|left out/.exec(line)?.[0])).toEqual([
    'succeeded',
    'left out',
    'succeeded',
  ])
})

test('a column is mapped by hand, and remembered for the next file with these headings', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'styles.csv')
  await Bun.write(csv, 'Name,Key features,Style\nKettle,hot,casual\n')
  const out = join(folder, 'out.xlsx')
  expect((await run('run', csv, '--out', out, '--map', 'tone=Style')).code).toBe(0)
  expect((await run('run', csv, '--out', out)).code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['tone'])).toEqual(['casual', 'casual'])
  const wrong = await run('run', csv, '--map', 'mood=Style')
  expect(wrong.err).toContain('“Product copywriter” has no input “mood”.')
  expect((await run('check', csv, '-w', 'product', '--map', 'tone=Nope')).err).toContain(
    'There is no column “Nope”.',
  )
})

test('what is chosen for a heading holds in other files, and what nearly fits is asked about', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const out = join(folder, 'out.xlsx')
  const near = join(folder, 'near.csv')
  await Bun.write(near, 'Name,Key features,tones\nKettle,hot,casual\n')
  const refused = await run('run', near, '--out', out)
  expect(refused.err).toContain('No column is headed “Tone”. Is it “tones”?')
  expect(refused.err).toContain('--map INPUT=HEADING (INPUT= leaves it empty)')
  expect(refused.code).toBe(1)
  expect((await run('run', near, '--out', out, '--map', 'tone=tones')).code).toBe(0)
  const other = join(folder, 'other.csv')
  await Bun.write(other, 'SKU,tones,Name,Key features\n1,formal,Lamp,bright\n')
  expect((await run('run', other, '--out', out)).code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['tone'])).toEqual(['casual', 'formal'])
})

test('where two sheets fit equally, run refuses until one is named', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const path = join(folder, 'orders.xlsx')
  const out = join(folder, 'out.xlsx')
  const rows = (name: string) =>
    rowsXml([
      ['Name', 'Key features'],
      [name, 'hot'],
    ])
  const sheets = ['Orders', 'Archive'].map((name) => ({ name, data: rows(`from ${name}`) }))
  await Bun.write(path, xlsx({ sheets }))
  const refused = await run('run', path, '--out', out)
  expect(refused.err).toContain('“Orders” and “Archive” both fit')
  expect(refused.err).toContain('--sheet NAME')
  expect(refused.code).toBe(1)
  expect(sandbox.hits()).toEqual([])
  expect((await run('run', path, '--sheet', 'Archive', '--out', out)).code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['from Archive'])
})

test('the row of the headings may be said', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'titled.csv')
  await Bun.write(csv, 'Our products,,\nName,Key features,\nName,really,\nKettle,hot,\n')
  const { code } = await run(
    'run',
    csv,
    '--heading-row',
    '3',
    '--map',
    'features=really',
    '--out',
    join(folder, 'o.xlsx'),
  )
  expect(code).toBe(0)
  expect(sandbox.hits()).toMatchObject([{ inputs: { name: 'Kettle', features: 'hot' } }])
})

test('doctor says what is well and what is missing', async () => {
  const nothing = await aFolder().run('doctor')
  expect(nothing.out).toContain(
    `✖ No workflow is set up.\n    In a terminal\n    Paste: ${CALL} workflow add`,
  )
  expect(nothing.code).toBe(1)
  const { run, sandbox } = besideSandbox()
  const well = await run('doctor')
  expect(well.out).toContain('✔ “Product copywriter” answers, and its key works.')
  expect(well.out).toContain('✔ Slack is off')
  expect(well.code).toBe(0)
  sandbox.misbehave('401', { route: 'about' })
  expect((await run('doctor')).out).toContain('✖ “Product copywriter”:')
})

test('who may run a workflow in the chats is set and told', async () => {
  const { run } = besideSandbox()
  expect((await run('workflow', 'list')).code).toBe(0)
  expect((await run('workflow', 'access', 'product')).out).toContain('may be run by everyone.')
  const set = await run('workflow', 'access', 'product', '--users', 'U1,U2', '--channels', 'C9')
  expect(set.out).toContain('may be run by people U1, U2; channels C9.')
  expect((await run('workflow', 'access', 'product', '--everyone')).out).toContain('by everyone.')
})

test('a file of which no row can run makes no task', async () => {
  const { run, folder } = besideSandbox()
  const csv = join(folder, 'bad.csv')
  await Bun.write(csv, 'Name,Key features\n,hot\n')
  const { code, err } = await run('run', csv)
  expect(err).toContain('No row of bad.csv can run:')
  expect(err).toMatch(/bad\.marked\.xlsx.* has the bad cells marked\./)
  expect(code).toBe(1)
  expect((await run('tasks', '--json')).out.trim()).toBe('[]')
})

test('workflow add, list, sync, check and remove', async () => {
  const { run, sandbox } = besideSandbox()
  expect((await run('workflow', 'add', '--key', 'app-sandbox-ticket-classifier')).out).toContain(
    'Ticket classifier',
  )
  const listed = await run('workflow', 'list', '--json')
  expect(JSON.parse(listed.out).map(({ name }: { name: string }) => name)).toEqual([
    'Product copywriter',
    'Ticket classifier',
  ])
  expect(listed.out).not.toContain('app-sandbox')
  expect((await run('workflow', 'sync', 'ticket')).code).toBe(0)
  expect((await run('workflow', 'check', 'ticket')).out).toContain('its key works')
  expect((await run('workflow', 'remove', 'ticket')).out).toContain('Removed “Ticket classifier”.')
  sandbox.misbehave('401', { route: 'about' })
  expect((await run('workflow', 'check', 'product')).code).toBe(1)
})

test('template writes a workbook that the check takes back', async () => {
  const { run, folder } = besideSandbox()
  const path = join(folder, 'template.xlsx')
  expect((await run('template', '--workflow', 'Product copywriter', '--out', path)).code).toBe(0)
  const { out, code } = await run('check', path, '--workflow', 'Product copywriter')
  expect(out).toContain('name ← ')
  expect(out).toContain('The sheet has no rows below its headings.')
  expect(code).toBe(2)
})

test('result writes what there is at any time, and CSV when asked by the ending', async () => {
  const { run, folder } = besideSandbox({ delayMs: 0 })
  const { id } = JSON.parse((await run('run', SAMPLE, '--json', '--out', join(folder, 'a.xlsx'))).out)
  await run('result', id, '--out', join(folder, 'b.csv'))
  expect(await Bun.file(join(folder, 'b.csv')).text()).toContain('Kettle 1.7 l')
  const [own, plain] = [join(folder, 'own.xlsx'), join(folder, 'plain.xlsx')]
  await run('result', id, '--out', own)
  await run('result', id, '--out', plain, '--format', 'plain')
  expect((await run('check', own)).out).toContain('Products')
  expect((await run('check', plain)).out).toContain('Results')
  const unfit = await run('result', id, '--out', plain, '--format', 'csv')
  expect(unfit.code).toBe(1)
  expect(unfit.err).toContain('End it with .csv.')
  expect((await run('delete', id)).out).toContain(`Deleted ${id} with 5 rows, 5 results among them.`)
  expect((await run('result', id)).code).toBe(1)
})

test('what is kept is for its owner alone', async () => {
  const { run, folder } = besideSandbox()
  await run('workflow', 'list')
  expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
  const database = await Bun.file(join(folder, 'rowbot.db')).text()
  expect(database).not.toContain(KEY)
})

test('a CSV file says how it was read, and encoding and delimiter may be said', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'names.csv')
  await Bun.write(csv, Buffer.from('Name;Key features\nBogotá;hot\nSão Tomé;cold\n', 'latin1'))
  const found = await run('check', csv)
  expect(found.out).toMatch(
    /Read as windows-125\d \(a guess; or --encoding .*windows-125\d.*\), semicolon between cells/,
  )
  const json = JSON.parse(
    (await run('check', csv, '--encoding', 'latin1', '--delimiter', 'comma', '--json')).out,
  )
  expect(json).toMatchObject({
    headings: ['Name;Key features'],
    encoding: { label: 'windows-1252', sure: true },
    delimiter: ',',
  })
  const rows = JSON.parse((await run('check', csv, '--encoding', 'koi8-r', '--rows', '--json')).out)
  expect(rows).toMatchObject({
    encoding: { label: 'koi8-r' },
    delimiter: ';',
    rows: [{ row: 2 }, { row: 3 }],
  })

  const out = join(folder, 'o.csv')
  const said = ['--encoding', 'windows-1252', '--delimiter', ';', '--concurrency', '1']
  const ran = await run('run', csv, ...said, '--out', out)
  expect(ran.err).toContain('Read as windows-1252, semicolon between cells')
  expect(ran.code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['Bogotá', 'São Tomé'])

  expect((await run('check', csv, '--encoding', 'klingon')).err).toContain('There is no encoding “klingon”.')
  expect((await run('check', csv, '--delimiter', 'slash')).err).toContain('comma, semicolon, tab or bar')
})

test('where the table is, and which rows of it are meant, may be said', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'names.csv')
  await Bun.write(csv, 'About,\nName,Key features\nA,1\nB,2\nC,3\nD,4\n')
  const said = ['--heading-row', '2', '--last-row', '5', '--only', '4-5, 6']
  const check = JSON.parse((await run('check', csv, ...said, '--json')).out)
  expect(check).toMatchObject({ headingRow: 2, lastRow: 5, rows: 2, headings: ['Name', 'Key features'] })
  const ran = await run('run', csv, ...said, '--concurrency', '1', '--out', join(folder, 'o.csv'))
  expect(ran.code).toBe(0)
  expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['B', 'C'])
  expect((await run('check', csv, '--only', 'some')).err).toContain('“some” does not name rows.')
  expect((await run('check', csv, '--values', 'both')).err).toContain('shown, raw')
})

test('a text longer than a cell of Excel is sent whole, and comes back', async () => {
  const { run, folder, sandbox } = besideSandbox({ delayMs: 0 })
  const csv = join(folder, 'long.csv')
  await Bun.write(csv, `Name,Key features,Note\nKettle,hot,${'long text '.repeat(4000)}end\n`)
  const out = join(folder, 'o.xlsx')
  expect((await run('run', csv, '--out', out)).code).toBe(0)
  expect(sandbox.hits()).toHaveLength(1)
  const { out: check } = await run('check', out, '--sheet', 'Long texts', '--rows', '--json')
  const pieces: { cells: unknown[] }[] = JSON.parse(check).rows
  expect(pieces.map(({ cells }) => cells.at(-1)).join('')).toEndWith('long text end')
  expect(pieces.map(({ cells }) => cells.at(-1)).join('')).toHaveLength(40_003)
})

test('--server says that the server is not there', async () => {
  const env = { ROWBOT_DATA_DIR: tempFolder(), ROWBOT_TOKEN: 'a-token' }
  const { code, err } = await rowbot(['--server', `http://127.0.0.1:${freePort()}`, 'tasks'], env).ended
  expect([code, err]).toEqual([
    1,
    'The server does not answer (ECONNREFUSED).\nIs the address right, and is it running?\n',
  ])
})
