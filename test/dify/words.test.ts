import { describe, expect, test } from 'bun:test'
import { outcomeOfFailure, outcomeOfMadeUpFailure } from '../../src/dify/failure.ts'
import { retryAfterIn } from '../../src/dify/words.ts'
import { inEnglish } from '../../src/engine/sentence.ts'

/** What providers and Dify's plugins write, and what it means for a run that failed with it. */
const TABLE: Record<string, string[]> = {
  'throttled by provider': [
    // OpenAI, by its plugin and bare
    '[models] Rate Limit Error, Error code: 429 - Rate limit reached for gpt-4o-mini in organization org-x on tokens per min (TPM): Limit 200000, Used 199990, Requested 300.',
    'Error code: 429 - {"error": {"message": "Rate limit reached for gpt-4 on requests per min (RPM): Limit 3, Used 3. Please try again in 20s."}}',
    'Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.',
    'InvokeRateLimitError',
    '[openai] Error: PluginInvokeError: {"args":{"description":"[models] Rate Limit Error"},"error_type":"InvokeRateLimitError","message":"..."}',
    'The engine is currently overloaded, please try again later',
    // Azure
    'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds.',
    'Error code: 429 - {"error": {"code": "429", "message": "Requests to the Creates a completion have exceeded call rate limit of your current OpenAI S0 pricing tier."}}',
    // Anthropic
    "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error', 'message': 'This request would exceed the rate limit for your organization of 40,000 input tokens per minute.'}}",
    "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}",
    'Number of concurrent connections has exceeded your rate limit. Please try again later.',
    // Gemini and Vertex
    "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': 'Resource has been exhausted (e.g. check quota).', 'status': 'RESOURCE_EXHAUSTED'}}",
    'You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 15, model: gemini-2.0-flash Please retry in 34.07s.',
    "You exceeded your current quota, please check your plan and billing details. 'quotaId': 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'",
    "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'generativelanguage.googleapis.com'",
    'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
    'The model is overloaded. Please try again later.',
    // Bedrock
    'An error occurred (ThrottlingException) when calling the InvokeModel operation (reached max retries: 4): Too many requests, please wait before trying again.',
    'An error occurred (ThrottlingException) when calling the ConverseStream operation: Too many tokens, please wait before trying again.',
    // Mistral, Groq, xAI, Cohere
    'API request failed with status code 429: {"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","code":"1300"}',
    'Service tier capacity exceeded for this model.',
    'Rate limit reached for model `llama-3.1-70b` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Used 5800. Please try again in 1.46s.',
    'Too many requests for team abc and model grok-4. Your team’s rate limit is: Requests per Second 8.',
    // DeepSeek, Qwen, Zhipu, Moonshot, Volcengine, MiniMax, SiliconFlow
    'API request failed with status code 503: {"error":{"message":"Service is too busy. We advise users to temporarily switch to alternative LLM API service providers."}}',
    'Rate limit exceeded (429). Response: {"status_code": 429, "code": "Throttling.RateQuota", "message": "Requests rate limit exceeded, please try again later."}',
    '{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded, please increase your quota limit."}',
    'Throttling.BurstRate: Request rate increased too quickly. To ensure system stability, please adjust your client logic.',
    "Error code: 429, {'error': {'code': '1302', 'message': '您当前使用该API的并发数过高，请降低并发，或联系客服增加限额。'}}",
    "Error code: 429, {'error': {'code': '1303', 'message': '您当前使用该API的频率过高，请降低频率，或联系客服增加限额。'}}",
    "Error code: 429, {'error': {'code': '1305', 'message': '当前API请求过多，请稍后重试。'}}",
    'High concurrency usage of this API, please reduce concurrency or contact customer service to increase limits',
    "{'error': {'message': 'Your account org-x<ak-x> request reached organization max RPM: 3, please try again after 1 seconds', 'type': 'rate_limit_reached_error'}}",
    "We're receiving too many requests at the moment. Please wait and try again.",
    '{"error":{"code":"RateLimitExceeded.EndpointTPMExceeded","message":"The Tokens Per Minute (TPM) limit of the associated endpoint for your account has been exceeded."}}',
    'ServerOverloaded: The service is currently unable to handle additional requests due to server overload.',
    'base_resp: {"status_code":1002,"status_msg":"rate limit exceeded(RPM)"}',
    'Request was rejected due to rate limiting. Details: TPM limit reached.',
    '{"error_msg":"The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute","error_code":"APIG.0308"}',
    '{"error":"模型服务触发限流，请稍后重试"}',
    '请求所关联的推理接入点已超过 RPM (Requests Per Minute) 限制, 请稍后重试。',
    '系统繁忙，请稍后再试',
    '请求频率超过限制',
  ],
  'halted (sure): out of money or quota': [
    '[models] Rate Limit Error, Error code: 429 - You exceeded your current quota, please check your plan and billing details.',
    "Error code: 429 - {'error': {'message': 'You exceeded your current quota', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}",
    "Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'Your credit balance is too low to access the Anthropic API.'}}",
    'You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-3.1-pro Please retry in 11.66s.',
    "Error code: 402 - {'error': {'message': 'Insufficient Balance', 'type': 'unknown_error', 'code': 'invalid_request_error'}}",
    '{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing."}',
    'Free allocated quota exceeded.',
    "Error code: 429, {'error': {'code': '1113', 'message': '您的账户已欠费，请充值后重试。'}}",
    'Your account is in arrears, please recharge and try again',
    "Error code: 429 - {'error': {'message': 'Your account org-x <ak-x> is suspended due to insufficient balance, please recharge your account', 'type': 'exceeded_current_quota_error'}}",
    '{"error":{"code":"AccountOverdueError","message":"The request failed because your account has an overdue balance."}}',
    'base_resp: {"status_code":1008,"status_msg":"insufficient balance"}',
    '{"code":30001,"message":"Sorry, your account balance is insufficient"}',
    '用户余额不足,需要充值',
    'You have run out of credits. Your team has either used all available credits or reached its monthly spending limit.',
    'Billing hard limit has been reached',
    'Error code: 402 - {"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/credits"}}',
  ],
  'halted (sure): quota of the day': [
    "429 RESOURCE_EXHAUSTED. {'message': 'You exceeded your current quota.', 'quotaId': 'GenerateRequestsPerDayPerProjectPerModel'}",
    'Error code: 429 - request reached organization TPD rate limit, current: 1501880, limit: 1500000',
    '您已达到今日调用额度上限',
  ],
  'halted (sure): credentials': [
    '[OpenAI] Incorrect model credentials provided, please check and try again.',
    'Incorrect API key provided: sk-abc. You can find your API key at https://platform.openai.com/account/api-keys.',
    "Error code: 401 - {'error': {'message': 'Authentication Fails, Your api key: ****abcd is invalid', 'type': 'authentication_error'}}",
    "{'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}",
    '400 INVALID_ARGUMENT. API key not valid. Please pass a valid API key.',
    'An error occurred (UnrecognizedClientException) when calling the InvokeModel operation: The security token included in the request is invalid.',
    '{"code":"InvalidApiKey","message":"Invalid API-key provided."}',
    '{"error":{"code":"AuthenticationError","message":"The API key or AK/SK in the request is missing or invalid."}}',
    'Access denied due to invalid subscription key or wrong API endpoint.',
    '{"error":{"message":"Invalid Authentication","type":"invalid_authentication_error"}}',
    'Model gpt-4o credentials is not initialized.',
    'No valid model provider credentials found. Please go to Settings -> Model Provider to complete your provider credentials.',
  ],
  'halted: key of a service': [
    '令牌已过期或验证不正确',
    'PERMISSION_DENIED: caller may not',
    'Authentication failed',
  ],
  'halted (sure): broken app': [
    'Provider openai does not exist.',
    'Provider langgenius/openai/openai does not exist.',
    'Model deepseek-chat not exist.',
    'Model gpt-4o not exist.',
    "1 validation error for LLMNodeData model.mode Field required [type=missing, input_value={'provider': 'x'}]",
    '3 validation errors for ParameterExtractorNodeData',
    'PluginDaemonInternalServerError: PluginNotFoundError: plugin langgenius/tongyi not found',
    'no available node, plugin not found',
    'The model `gpt-5-x` does not exist or you do not have access to it.',
    '{"error":{"code":"InvalidEndpointOrModel.NotFound","message":"The model or endpoint ep-x does not exist or you do not have access to it."}}',
    'DeploymentNotFound: The API deployment for this resource does not exist.',
    "Error code: 400, {'error': {'code': '1211', 'message': '模型不存在，请检查模型代码。'}}",
  ],
  'halted: broken app': ['Dataset 1234 not found', 'knowledge base faq does not exist'],
  'rejected: too long': [
    "[models] Bad Request Error, Error code: 400 - This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
    "{'error': {'code': 'context_length_exceeded'}}",
    'prompt is too long: 210000 tokens > 200000 maximum',
    'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
    'Range of input length should be [1, 30720]',
    'An error occurred (ValidationException) when calling the InvokeModel operation: Input is too long for requested model.',
    'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 41000. The input or output tokens must be reduced in order to run successfully.',
    'Your request exceeded model token limit: 262144',
    'Prompt 超长',
    '输入内容超过模型的最大长度限制',
    'total message size 3000000 exceeds limit 2097152',
  ],
  'rejected: not allowed': [
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    '{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}',
    'Content Exists Risk',
    '系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语',
    'The request was rejected because it was considered high risk',
  ],
  // worth another attempt
  failed: [
    '[models] Server Unavailable Error, Error code: 500 - The server had an error while processing your request.',
    '[models] Connection Error, Connection error.',
    '[models] Bad Request Error, The server had an error while processing your request.',
    'Connection reset by provider',
    'Request timed out.',
    'HTTPSConnectionPool(host=api.openai.com, port=443): Read timed out.',
    '[Errno 111] Connection refused',
    'Output n is missing.',
    'Failed to parse structured output: ',
    'Error code: 502 - Bad Gateway',
    'Node LLM run failed: Internal Server Error',
    'list index out of range',
    'Reached maximum retries (0) for URL http://127.0.0.1/x',
    '',
  ],
}

describe('what the words of a failed run mean', () => {
  for (const [means, texts] of Object.entries(TABLE)) {
    test.each(texts)(`${means}: %s`, (text) => {
      expect(inShort(text)).toBe(means)
    })
  }

  // Read whole, twelve million characters would take minutes: the test would run out of time.
  test('are looked for in the beginning of a long text only', () => {
    expect(inShort(`${'limit '.repeat(2_000_000)} rate limit`)).toBe('failed')
  })
})

describe('what the words of a failure mean that Dify made up', () => {
  test.each([
    ['q is required in input form', 'rejected'],
    ['query is required', 'rejected'],
    ['Invalid upload file', 'rejected'],
    ['Detected file type does not match the specified type. Please verify the file.', 'rejected'],
    ['Workflow not published', 'halted'],
    ['Provider openai does not exist.', 'halted'],
    ['Model gpt-4o credentials is not initialized.', 'halted'],
    ['Rate limit reached', 'throttled'],
    ["'NoneType' object has no attribute 'x'", 'failed'],
  ])('%s: %s, once no such run is found', (words, means) => {
    expect(outcomeOfMadeUpFailure(words)).toMatchObject({ kind: 'lost', ifUnknown: { kind: means } })
  })

  test.each([
    'Timed out waiting for the stream',
    'Connection closed by server.',
    'Redis connection lost',
    '',
  ])('nothing, where they only tell of a broken stream: %s', (words) => {
    const outcome = outcomeOfMadeUpFailure(words)
    expect(outcome.kind).toBe('lost')
    expect(outcome).not.toHaveProperty('ifUnknown')
  })
})

describe('when to try again, as words tell it', () => {
  test.each([
    ['Please try again in 1.234s.', 1_234],
    ['Please try again in 340ms.', 340],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 1h2m3s.', 3_723_000],
    ['Please retry after 26 seconds.', 26_000],
    ['please try again after 1 seconds', 1_000],
    ['Please retry in 34.07s.', 34_070],
    ["'retryDelay': '59s'", 59_000],
    ['请在 30 秒后重试', 30_000],
    ['Try again later.', undefined],
    ['retry 3 of 5', undefined],
  ] as const)('%s', (words, ms) => {
    expect(retryAfterIn(words)).toBe(ms as number)
  })

  test('is in the outcome', () => {
    expect(outcomeOfFailure('Rate limit reached. Please try again in 20s.', {})).toMatchObject({
      kind: 'throttled',
      by: 'provider',
      slow: true,
      retryAfterMs: 20_000,
    })
  })
})

const SHORT: [RegExp, string][] = [
  [/out of money/, 'out of money or quota'],
  [/Today’s quota/, 'quota of the day'],
  [/does not accept Dify’s credentials/, 'credentials'],
  [/refuses its key/, 'key of a service'],
  [/cannot run as it is/, 'broken app'],
  [/longer than the model takes/, 'too long'],
  [/refuses the content/, 'not allowed'],
]

function inShort(text: string): string {
  const outcome = outcomeOfFailure(text, {})
  if (outcome.kind === 'throttled') return `throttled by ${outcome.by}`
  const sure = outcome.kind === 'halted' && outcome.sure ? ' (sure)' : ''
  const why = SHORT.find(([pattern]) => 'error' in outcome && pattern.test(inEnglish(outcome.error)))?.[1]
  return `${outcome.kind}${sure}${why === undefined ? '' : `: ${why}`}`
}
