import type { Texts } from '../../messages/texts/texts.ts'
import type { AskLine } from '../ask-line.ts'
import type { Screen } from '../screen.ts'

const DIFY_CLOUD = 'https://api.dify.ai/v1'

interface SettingQuestion {
  name: string
  text: string
  isSecret?: boolean
  /** default: it is asked */
  isAsked?: (answers: Record<string, string>) => boolean
  /** what is used if nothing is said and nothing is set */
  usual?: string
}

/**
 * Asks for the few settings that a first start needs. The others are in .env.example.
 * @returns only what was answered; undefined: the person wants none of it (Ctrl-C)
 */
export async function askSettings(
  there: Map<string, string>,
  file: string,
  { ask, screen, texts: { setup } }: { ask: AskLine; screen: Screen; texts: Texts },
): Promise<Record<string, string> | undefined> {
  screen.note(setup.intro(file))
  const answers: Record<string, string> = {}
  for (const { name, text, isSecret = false, isAsked = () => true, usual } of questionsOf(setup)) {
    if (!isAsked({ ...Object.fromEntries(there), ...answers })) continue
    const now = there.get(name)
    const hints = [
      ...(isSecret ? [setup.notShown] : []),
      ...(now ? [isSecret ? setup.isSet : setup.now(now)] : usual === undefined ? [] : [setup.now(usual)]),
    ]
    const hint = hints.length === 0 ? '' : ` (${hints.join('; ')})`
    const answer = await ask(`${text}${hint}: `, { isSecret })
    if (answer === undefined) return undefined
    if (answer.trim() !== '') answers[name] = answer.trim()
  }
  return answers
}

export function isYes(answer: string | undefined, words: string[]): boolean {
  return words.includes(answer?.trim().toLowerCase() ?? '')
}

function questionsOf(setup: Texts['setup']): SettingQuestion[] {
  return [
    { name: 'DIFY_BASE_URL', text: setup.difyUrl, usual: DIFY_CLOUD },
    { name: 'DIFY_API_KEYS', text: setup.difyKeys, isSecret: true },
    { name: 'SLACK_BOT_TOKEN', text: setup.slackBotToken, isSecret: true },
    {
      name: 'SLACK_APP_TOKEN',
      text: setup.slackAppToken,
      isSecret: true,
      isAsked: (answers) => Boolean(answers['SLACK_BOT_TOKEN']) && !answers['SLACK_SIGNING_SECRET'],
    },
    { name: 'DISCORD_TOKEN', text: setup.discordToken, isSecret: true },
    { name: 'ROWBOT_PUBLIC_URL', text: setup.publicUrl },
  ]
}
