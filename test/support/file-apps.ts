import { input, type SandboxApp } from '../../src/dify/sandbox/app.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import { aBot, orderOf, withWorkflow } from './bot.ts'

export const FILE_APP_KEY = 'app-file-app'

/** A file as Dify has it among outputs. */
export function difyFile(url: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  const [filename, extension, mime_type] = ['chart.png', '.png', 'image/png']
  return { dify_model_identity: '__dify__file__', filename, extension, mime_type, url, ...change }
}

/** An app whose outputs are as the test wants them. It takes what every order of ours has. */
export function fileApp(work: SandboxApp['work']): SandboxApp {
  return {
    name: 'File app',
    key: FILE_APP_KEY,
    mode: 'workflow',
    description: '',
    form: [input('text-input', 'name', 'Name'), input('text-input', 'features', 'Features')],
    delayMs: 0,
    work,
  }
}

/** A bot beside a sandbox whose app has these outputs, in real lanes. */
export async function withFileApp(work: SandboxApp['work'], options: Parameters<typeof aBot>[0] = {}) {
  const around = await aBot({ ...options, apps: [...SAMPLE_APPS, fileApp(work)] })
  const { bot, sandbox } = around
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: FILE_APP_KEY })
  const run = async (rows: number) => {
    const { id } = await bot.engine.submit(orderOf(workflow, rows))
    bot.startRunner()
    await around.ended(id)
    return id
  }
  return { ...around, workflow, run }
}

/** The work of an app whose links are dead until `areFresh()`: from then on, whoever asks for the run gets good ones. */
export function labelsWithLinks(
  areFresh: () => boolean,
  textOf = (inputs: Record<string, unknown>) => String(inputs['name']),
): SandboxApp['work'] {
  return (inputs, _query, _files, appFiles) => {
    const make = () => {
      const file = appFiles.make('label.txt', 'text/plain', Buffer.from(textOf(inputs)))
      const good = String(file['url'])
      const url = { enumerable: true, get: () => (areFresh() ? good : good.replace('sign=', 'sign=x')) }
      return Object.defineProperty(file, 'url', url)
    }
    return { outputs: { label: make(), labels: [make(), make()] }, text: '' }
  }
}
