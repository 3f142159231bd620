import { say } from '../engine/sentence.ts'
import type { Verdict } from './verdict.ts'

/*
 * What the words of a failure mean. Often there is nothing but words: Dify passes on what the model's provider said, in
 * a failed run's error or in an `error` event, and reports its own checks of the inputs and of the app in the same
 * place. Collected from the pages of errors and the answers of OpenAI, Azure, Anthropic, Gemini, Vertex, Bedrock,
 * Mistral, Groq, xAI, DeepSeek, Qwen (DashScope), Zhipu, Moonshot, Volcengine, MiniMax and SiliconFlow, and from Dify's
 * source.
 *
 * The order matters. “429 … exceeded your current quota” means that the account has no money left, unless it names a
 * minute. A request that is larger than the limit per minute can never succeed.
 */

/** Only the beginning of an error is read: the rest says nothing more, and may be a page of megabytes. */
const LONGEST_ERROR = 20_000

const PROVIDER_LIMIT: Verdict = {
  kind: 'throttled',
  by: 'provider',
  says: say('provider-refuses-for-now'),
}
const EMPTY_PURSE: Verdict = {
  kind: 'halted',
  says: say('provider-out-of-money'),
  hint: say('do-top-up-account'),
  sure: true,
}
const DAY_SPENT: Verdict = {
  kind: 'halted',
  says: say('provider-day-used-up'),
  hint: say('do-resume-when-renewed'),
  sure: true,
}
const WRONG_KEY: Verdict = {
  kind: 'halted',
  says: say('provider-unknown-key'),
  hint: say('do-enter-provider-key'),
  sure: true,
}
/** A tool in one branch of the workflow may use the same words. */
const WRONG_KEY_MAYBE: Verdict = {
  ...WRONG_KEY,
  says: say('service-unknown-key'),
  sure: false,
}
const BROKEN_APP: Verdict = {
  kind: 'halted',
  says: say('app-broken'),
  hint: say('do-fix-app'),
  sure: true,
}
const BROKEN_APP_MAYBE: Verdict = { ...BROKEN_APP, sure: false }
const NOT_PUBLISHED: Verdict = {
  kind: 'halted',
  says: say('dify-app-unpublished'),
  hint: say('do-publish'),
  sure: true,
}
const TOO_LONG: Verdict = { kind: 'rejected', says: say('row-too-long') }
const NOT_ALLOWED: Verdict = { kind: 'rejected', says: say('content-refused') }
const WRONG_INPUT: Verdict = { kind: 'rejected', says: say('dify-inputs-refused') }

/** Errors of the model, its provider or the app itself that end a run. The first match counts. */
const OF_RUNS: readonly (readonly [Verdict, readonly RegExp[]])[] = [
  [
    TOO_LONG,
    [
      /maximum context length|context[_ ]length[_ ]exceeded|exceeds? (?:the )?(?:model'?s? )?context (?:window|length|size)/i,
      /(?:prompt|input|request) (?:is )?too (?:long|large)|request_too_large/i,
      /input (?:tokens?(?! per)|token count|length) .{0,60}(?:exceed|too long|should be)|Range of input length/i,
      /exceeded model token limit|total message size \d+ exceeds|(?:reduce|shorten) (?:the length of )?(?:the|your) (?:messages|prompt|input)/i,
      /must be reduced in order to run/i,
      /(?:输入|提示词|prompt|上下文).{0,20}(?:超长|过长|超出.{0,12}(?:长度|限制)|超过.{0,12}(?:长度|限制|上限))/i,
    ],
  ],
  [
    NOT_ALLOWED,
    [
      /content[_ ]?(?:filter|management policy)|ResponsibleAIPolicyViolation|data_?inspection_?failed/i,
      /inappropriate content|Content Exists Risk|SensitiveContentDetected|considered high risk/i,
      /unsafe or sensitive content|PROHIBITED_CONTENT|(?:不安全|敏感|违规).{0,6}内容/i,
    ],
  ],
  [
    PROVIDER_LIMIT,
    [
      /^(?=[^]*(?:limit|quota|exceed|exhaust|429|限|超))[^]*(?:per[_ -]?minute|\b[RTQ]PM\b|per (?:second|min)\b|每分钟)/i,
      /^(?=[^]*(?:limit|reduce|exceed|429|限|超|过高))[^]*(?:concurren|并发)/i,
      /per day[^]*try again in \d/i,
    ],
  ],
  [
    DAY_SPENT,
    [
      /per[_ -]?day|\b[RT]PD\b|daily (?:limit|quota|usage)|(?:每日|每天|当日|今日).{0,12}(?:上限|限额|额度|配额)/i,
    ],
  ],
  // Gemini says “exceeded your current quota” of every limit; only a limit of 0 is not one of a minute.
  [PROVIDER_LIMIT, [/quota exceeded for metric[^]{0,300}limit: [1-9][^]*retry in/i]],
  [
    EMPTY_PURSE,
    [
      /exceeded[ _](?:your )?current[ _]quota|insufficient[_ ](?:user_|account_)?(?:quota|balance|credits?|funds)/i,
      /balance (?:is )?(?:too low|not enough|insufficient)|credit[_ ]balance[_ ](?:is too low|exhausted)/i,
      /(?:out of|used all|no (?:more|remaining)).{0,20}credits|spend(?:ing)?[_ ]limit|billing[_ ](?:hard[_ ]limit|.{0,20}(?:disabled|not (?:active|enabled)))/i,
      /Arrearage|in arrears|overdue balance|AccountOverdue|payment required|error code:? 402/i,
      /(?:Free )?allocated quota exhausted|Free allocated quota exceeded|usage limit for this billing cycle/i,
      /欠费|余额不足|额度(?:已)?(?:不足|用尽|耗尽|用完)|账户.{0,8}充值|资源包.{0,8}(?:不足|用尽|耗尽)/,
    ],
  ],
  [
    PROVIDER_LIMIT,
    [
      /rate[_ -]?limit|ratelimit|too[_ ]many[_ ](?:requests|tokens)|throttl|resource[_ ](?:has been )?exhausted/i,
      /(?:error code|status(?:[_ ]code)?|http|code)['"]?\s*[:=]?\s*429|\b429\b.{0,40}(?:error|too many|quota)|\(429\)/i,
      /overloaded|over capacity|at capacity|(?:server|service|engine|model|system) (?:is )?(?:currently )?(?:too )?busy/i,
      /quota (?:is )?exceeded|exceeded.{0,40}quota|quota exceeded/i,
      /receiving too many|high (?:traffic|demand|concurrency)|burst rate|capacity.{0,20}exceeded/i,
      /限流|限速|速率限制|频率.{0,8}(?:过高|限制|超限|超出)|(?:请求|调用|访问).{0,6}(?:过多|过快|太快|频繁|超限)|负载(?:过高|较高)|繁忙|访问量过大/,
    ],
  ],
  [
    WRONG_KEY,
    [
      /Incorrect (?:model credentials|API key)|invalid[_ ]?(?:x-)?api[-_ ]?key|API[- ]key not valid|api key (?:is )?(?:invalid|expired)/i,
      /InvokeAuthorizationError|CredentialsValidateFailed|authentication[_ ]fails|invalid authentication/i,
      /API key (?:or AK\/SK )?in the request is missing or invalid|security token included in the request is (?:invalid|expired)/i,
      /invalid subscription key|error code:? 401|UnrecognizedClient|login fail.{0,40}(?:api|key|secret)/i,
      /credentials? (?:is|are) not initialized|No valid model provider credentials|provider_not_initialize/i,
    ],
  ],
  [
    WRONG_KEY_MAYBE,
    [
      /authentication[_ ](?:error|failed)|AuthenticationError|\b401\b.{0,20}unauthori[sz]ed|permission[_ ]?denied/i,
      /(?:api ?key|密钥|令牌|身份|鉴权|认证).{0,10}(?:无效|失败|错误|过期|不正确|非法)/i,
    ],
  ],
  [NOT_PUBLISHED, [/^workflow not (?:published|found)|^Workflow not initialized/i]],
  [
    BROKEN_APP,
    [
      /\bprovider \S{1,120} (?:does not exist|not found)|\bmodel \S{1,160} (?:does )?not exist|model[_ ](?:not[_ ]found|not exist)/i,
      /validation errors? for \w*NodeData|PluginNotFound|plugin \S{0,120} ?not found|no available node/i,
      /model or endpoint .{1,160} does not exist|The model .{1,160} does not exist|DeploymentNotFound/i,
      /模型.{0,30}不存在|ToolProviderNotFound|InvalidEndpointOrModel/i,
    ],
  ],
  [
    BROKEN_APP_MAYBE,
    [/(?:tool|dataset|knowledge base|credential)s? (?:provider )?\S{0,120} ?(?:does not exist|not found)/i],
  ],
]

/** Dify's own checks before anything runs: the inputs, the files, the form of the call. */
const OF_INPUTS: readonly RegExp[] = [
  /\bin input form\b/,
  /^query (?:is required|must)/i,
  /^invalid (?:upload )?file|detected file type does not match|file validation failed|^missing file/i,
  /file (?:type|extension|size).{0,60}(?:not allowed|not supported|exceed)|maximum (?:number|size) of files/i,
  /validation errors? for (?:Workflow|Chat|Completion)\w*Payload/,
]

/** Words that only say that Dify lost the stream: the run may exist all the same, or still start. */
const OF_BROKEN_STREAMS =
  /time[d]? ?out|closed|connection|redis|database|stream|subscri|shut|internal server error|unknown error|^$/i

/** What the words of an ended run mean; undefined when we do not know them. */
export function verdictOnRun(words: string): Verdict | undefined {
  const said = words.slice(0, LONGEST_ERROR)
  return OF_RUNS.find(([, patterns]) => patterns.some((pattern) => pattern.test(said)))?.[0]
}

/** What the words of a call that was refused before anything ran mean. */
export function verdictOnRefusal(words: string): Verdict | undefined {
  if (OF_INPUTS.some((pattern) => pattern.test(words.slice(0, LONGEST_ERROR)))) return WRONG_INPUT
  return verdictOnRun(words)
}

/** Whether these words leave open if there is a run. */
export function leavesRunOpen(words: string): boolean {
  return OF_BROKEN_STREAMS.test(words.slice(0, LONGEST_ERROR))
}

/** Where the words say when to try again: “try again in 6m0s”, “retry after 20 seconds”, “retryDelay: '59s'”. */
export function retryAfterIn(words: string): number | undefined {
  const found = RETRY_AFTER.exec(words.slice(0, LONGEST_ERROR))?.[1]
  if (found === undefined) return undefined
  const parts = [...found.matchAll(PART)].map(([, amount, unit = 's']) => Number(amount) * msOf(unit))
  return Math.ceil(parts.reduce((sum, ms) => sum + ms, 0))
}

const RETRY_AFTER =
  /(?:try again|retry|retryDelay|retry_after|请(?:在)?)[^\d\n]{0,20}?((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|h|hours?|m|min|minutes?|s|sec|seconds?|秒|分钟)\s*)+)/i
const PART = /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|h|hours?|min|minutes?|m|sec|seconds?|s|秒|分钟)/gi

function msOf(unit: string): number {
  const word = unit.toLowerCase()
  if (word === 'ms' || word.startsWith('milli')) return 1
  if (word.startsWith('h')) return 3_600_000
  return word.startsWith('m') || word === '分钟' ? 60_000 : 1_000
}
