import { describe, expect, test } from 'bun:test'
import {
  ENGLISH,
  inEnglish,
  readSentence,
  say,
  type SentenceCode,
  sentenceIn,
  type SentencesIn,
  storedSentence,
  without,
} from '../../src/engine/sentence.ts'
import { ZH_SENTENCES, TW_SENTENCES, textsFor } from '../../src/messages/texts/texts.ts'

/** Written as numbers, in each language’s own way. */
const NUMBERS = new Set([
  '{ms}',
  '{bytes}',
  '{megabytes}',
  '{characters}',
  '{calls}',
  '{count}',
  '{most}',
  '{of}',
  '{left}',
])
const LISTS = new Set([
  'steps',
  'titles',
  'outputs',
  'choices',
  'fields',
  'names',
  'changes',
  'options',
  'kinds',
])
/** What Chinese sentences may have of Latin letters: names, units and what one types. */
const NAMES =
  /docs\/\w+\.md|Encryption|Dify|Rowbot|API|HTTP|https|MB|TLS|NO_PROXY|http:\/\/user:password@proxy:3128|token|Agent|app-|NaN|bun rowbot workflow add|--sandbox|ROWBOT_\w+|Excel|ZIP（deflate）|ZIP|CSV|XML|JSON|Numbers|Linux|macOS|lsof|secret\.key|Webhook|\.(xlsx?|xlsb|ods|csv)|Idempotency-Key|multipart\/form-data|Authorization: Bearer|bun rowbot page|GET \/[\w/]+|`against`|USD|200k|utf-8|gb18030|shift_jis|ADMIN_API_KEY(_ENABLE=true)?|docker-compose\.yaml|api|\.env|UUID|ID|dify\.example\.com\/v1|tenants|true|false|constants|mapping/g

/** The names of what goes into a sentence are in it in their place. */
const NAMED: Record<string, unknown> = new Proxy(
  {},
  { get: (_, name) => (LISTS.has(String(name)) ? [`{${String(name)}}`] : `{${String(name)}}`) },
)

const CODES = Object.keys(ENGLISH) as SentenceCode[] // the keys of ENGLISH are the codes

function written(language: SentencesIn, code: SentenceCode): string {
  return (language[code] as (params: unknown) => string)(NAMED)
}

function namesIn(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g))].filter((name) => !NUMBERS.has(name)).sort()
}

describe.each([
  ['zh-CN', ZH_SENTENCES],
  ['zh-TW', TW_SENTENCES],
] as const)('in %s', (_, language) => {
  test('every sentence is Chinese to the last word', () => {
    for (const code of CODES) {
      const own = written(language, code)
        .replaceAll(/\{\w+\}/g, '')
        .replaceAll(NAMES, '')
      expect(`${code}: ${/[A-Za-z]{2,}/.exec(own)?.[0] ?? ''}`).toBe(`${code}: `)
    }
  })

  test('every sentence says all that it says in English', () => {
    for (const code of CODES)
      expect({ code, names: namesIn(written(language, code)) }).toEqual({
        code,
        names: namesIn(written(ENGLISH, code)),
      })
  })
})

test('a sentence within a sentence is in the reader’s language, another server’s words are as they came', () => {
  const refused = say('answer-with-words', {
    says: say('dify-unknown-key'),
    label: '401 unauthorized',
    words: 'Access token is invalid',
  })
  expect(inEnglish(refused)).toBe(
    'Dify does not know this API key (401 unauthorized): “Access token is invalid”',
  )
  expect(textsFor('zh-CN').say(refused)).toBe(
    'Dify 不认识这个 API 密钥（401 unauthorized）：“Access token is invalid”',
  )
})

test('lists and durations are written as the language does', () => {
  expect(textsFor('zh-CN').say(say('timed-out', { ms: 300_000 }))).toBe('运行超过 5 分钟，已超时。')
  expect(textsFor('zh-TW').say(say('waits-for-answer', { titles: ['Approval', 'Tone'] }))).toContain(
    'Approval、Tone',
  )
})

describe('a stored sentence', () => {
  test('comes back as it was', () => {
    const sentence = say('both', { first: say('was-stopped'), second: 'as it is' })
    expect(readSentence(storedSentence(sentence), 'It was stopped. as it is')).toEqual(sentence)
  })

  test('of an older Rowbot is its English', () => {
    expect(readSentence(null, 'Timed out after 5 min.')).toBe('Timed out after 5 min.')
  })

  test('of a newer Rowbot, with a code that this one lacks, is its English, also inside another', () => {
    const newer = { code: 'both', params: { first: { code: 'of-tomorrow', params: {} }, second: 'x' } }
    expect(readSentence(JSON.stringify(newer), 'Of tomorrow. x')).toBe('Of tomorrow. x')
  })

  test('that names what every object has is no sentence of ours', () => {
    expect(readSentence('{"code":"toString","params":{}}', 'text')).toBe('text')
  })
})

test('a secret is taken out of all parts of a sentence', () => {
  const sentence = say('both', {
    first: say('workflow-failed-with', { words: 'app-123 is wrong' }),
    second: 'app-123',
  })
  expect(JSON.stringify(without(sentence, 'app-123'))).not.toContain('app-123')
  expect(sentenceIn(ENGLISH, without(sentence, 'app-123'))).toBe('The workflow failed: “… is wrong” …')
})
