import { fileLinkIn } from './file-links.ts'

/** How people see whether a bot is there and what it does: greetings, questions, or nothing but its name. */
const GREETINGS = [
  'hello',
  'hi',
  'hey',
  'hallo',
  'good morning',
  'good afternoon',
  'start',
  'test',
  'ping',
  'what can you do',
  'how does',
  'how do',
  '你好',
  '您好',
  '嗨',
  '哈喽',
  '在吗',
  '在嗎',
  '早上好',
  '怎么用',
  '怎麼用',
  '你能做什么',
  '你会什么',
]
const HELP_WORDS = new Set(['help', '帮助', '幫助', '说明', '說明', '使用说明', '命令', 'commands', 'usage'])
/** Longer texts are about something. */
const GREETING_CHARS = 60

/** Also true for a question, and for a text without letters, such as `？`. Who sends a link asks about that. */
export function isGreeting(text: string): boolean {
  if (fileLinkIn(text)) return false
  const words = wordsOf(text)
  if (words === '' || /[?？]\s*$/.test(text)) return true
  return words.length <= GREETING_CHARS && GREETINGS.some((greeting) => isFirst(words, greeting))
}

/** Somebody asks for the list of commands in one word, whatever language it is. */
export function isHelpWord(text: string): boolean {
  return HELP_WORDS.has(wordsOf(text))
}

/** Who writes Chinese reads it, though their chat may be set to another language. */
export function localeOfText(text: string, locale: string): string {
  if (!/\p{Script=Han}/u.test(text) || locale.toLowerCase().startsWith('zh')) return locale
  return TRADITIONAL.test(text) ? 'zh-TW' : 'zh-CN'
}

/** Characters of greetings and questions that Simplified Chinese writes in another way. */
const TRADITIONAL = /[說幫嗎麼謝請這個會讓]/

/** A Chinese greeting may go on without a space. */
function isFirst(words: string, greeting: string): boolean {
  return /\p{Script=Han}/u.test(greeting)
    ? words.startsWith(greeting)
    : words === greeting || words.startsWith(`${greeting} `)
}

function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
