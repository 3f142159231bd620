import { get } from 'node:http'
import type { HttpConfig } from '../../app/config.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { pageAddress } from '../../serve/page-address.ts'
import { EXIT } from '../end-code.ts'
import type { Screen } from '../screen.ts'

const WITHIN_SECONDS = 5

/**
 * Asks the Rowbot that serves on this machine whether it answers, for containers, which have no curl. Opens no database.
 * @param path `/healthz`: is it alive; `/readyz`: should it receive requests
 */
export async function healthy(
  http: Pick<HttpConfig, 'host' | 'port'>,
  path: '/healthz' | '/readyz',
  { setup }: Pick<Texts, 'setup'>,
  screen: Screen,
): Promise<number> {
  const address = `${pageAddress({ ...http, publicUrl: undefined })}${path}`
  try {
    const { status, body } = await answerOf(address, setup.noAnswerWithin(WITHIN_SECONDS))
    if (status !== 200) throw new Error(`${status} ${body}`.trim())
    screen.print(setup.isHealthy(address))
    return EXIT.done
  } catch (fault) {
    screen.warn(setup.isSick(address, fault instanceof Error ? fault.message : String(fault)))
    return EXIT.couldNotRun
  }
}

/** Not with `fetch`: it would ask the proxy of HTTP_PROXY, also for this machine. */
function answerOf(address: string, late: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = get(address, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (body += part))
      answer.on('end', () => resolve({ status: answer.statusCode, body }))
      answer.on('error', reject)
    })
    asking.setTimeout(WITHIN_SECONDS * 1_000, () => asking.destroy(new Error(late)))
    asking.on('error', reject)
  })
}
