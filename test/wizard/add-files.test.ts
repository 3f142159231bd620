import { expect, test } from 'bun:test'
import type { App } from '../../src/engine/workflow.ts'
import { gather } from '../../src/files/gather.ts'
import type { SentFile } from '../../src/files/sent-file.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aWizard, csv, sentUpload, Visit } from './support/cast.ts'

const READER: App = {
  name: 'Invoice reader',
  description: '',
  mode: 'workflow',
  fileLimits: {},
  variables: [{ name: 'invoice', label: 'Invoice', type: 'file', required: true, fileTypes: ['document'] }],
}
const WORDS = { file: 'File', type: 'Type', size: 'Size' }

/** At the check of a sheet whose two rows name files that did not come along. */
async function atCheck() {
  const cast = await aWizard([READER])
  const visit = await new Visit(cast.wizard).send(csv('Invoice\na.pdf\nb.pdf\n'))
  await visit.press('Next')
  expect(visit.text).toContain('No row of this sheet can run')
  const more = (...names: string[]) =>
    gather(names.map(pdf), { store: cast.options.files, limits: DEFAULT_LIMITS, words: WORDS })
  return { ...cast, visit, more }
}

function pdf(name: string): SentFile {
  const open = async () =>
    (async function* () {
      yield Buffer.from(`%PDF-1.7 ${name}`)
    })()
  return { name, open }
}

async function namesOf({ db }: Awaited<ReturnType<typeof atCheck>>): Promise<string[]> {
  const files = await db.selectFrom('upload_files').select('name').orderBy('position').execute()
  return files.map(({ name }) => name)
}

test('of a form with files that is sent twice at once, the files are added once', async () => {
  const cast = await atCheck()
  const { visit, wizard } = cast
  await visit.press('Add files')
  const file = await cast.more('a.pdf')
  const { id } = visit.form
  const send = async (): Promise<string | undefined> => {
    const { answer } = await wizard.submit(visit.who, id, {}, sentUpload(file))
    return (await answer)?.kind
  }
  expect(new Set(await Promise.all([send(), send()]))).toEqual(new Set(['show', 'tell']))
  expect(await namesOf(cast)).toEqual(['a.pdf'])
  const uploads = await cast.db.selectFrom('uploads').select('id').execute()
  expect(uploads).toHaveLength(1)
})

test('files are added after a restart to those that came before it, and all of them are sent', async () => {
  const cast = await atCheck()
  const { visit } = cast
  await visit.press('Add files')
  await visit.answerForm({}, await cast.more('a.pdf'))
  visit.wizard = cast.restarted()
  await visit.press('Add files')
  await visit.answerForm({}, await cast.more('b.pdf'))
  expect(visit.text).toContain('All 2 rows can run')
  await visit.press('Next')
  await visit.press('Next')
  visit.wizard = cast.restarted()
  await visit.press('Start')
  const rows = await cast.db.selectFrom('task_executions').select('inputs').orderBy('row_number').execute()
  expect(rows.map(({ inputs }) => JSON.parse(inputs) as unknown)).toMatchObject([
    { invoice: { transfer_method: 'local_file', name: 'a.pdf' } },
    { invoice: { transfer_method: 'local_file', name: 'b.pdf' } },
  ])
})
