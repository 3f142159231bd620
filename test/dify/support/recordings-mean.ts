import type { RunRef } from '../../../src/engine/outcome.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'

/*
 * Everything that a real server said of a run, and what it means for the row. The words are ours, and Dify's in “”, of
 * which only the beginning stands here.
 */

/** Answers to a run. */
export const RUNS: [name: string, means: string][] = [
  ['echo-run', 'succeeded: {"out":"hi"} [0 tokens]'],
  ['echo-run-blocking', 'succeeded: {"out":"hi"} [0 tokens]'],
  [
    'err-missing-input',
    'lost: Dify says that the run failed before its first step: “q is required in input form”; if unknown: rejected: Dify does not accept the inputs of this row: “q is required in input form”',
  ],
  [
    'err-missing-input-blocking',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “q is required in input form”',
  ],
  [
    'err-too-long-input',
    'lost: Dify says that the run failed before its first step: “q in input form must be less than 2000 characters”; if unknown: rejected: Dify does not accept the inputs of this row: “q in input form must be less than 2000 characters”',
  ],
  [
    'err-wrong-type',
    "lost: Dify says that the run failed before its first step: “(type 'text-input') q in input form must be a string”; if unknown: rejected: Dify does not accept the inputs of this row: “(type 'text-input') q in input form must be a string”",
  ],
  [
    'err-null-input',
    'lost: Dify says that the run failed before its first step: “q is required in input form”; if unknown: rejected: Dify does not accept the inputs of this row: “q is required in input form”',
  ],
  [
    'err-no-user',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “Arg user must be provided.”',
  ],
  [
    'err-empty-user',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “Arg user must be provided.”',
  ],
  [
    'err-bad-mode',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “1 validation error for WorkflowRunPayload response_mode Input s…”',
  ],
  [
    'err-bad-json',
    'rejected: Dify does not accept this call (400 bad_request): “The browser (or proxy) sent a request that this server could no…”',
  ],
  [
    'err-chat-route-on-workflow',
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'err-workflow-route-on-chatflow',
    'halted (sure): The app is not a workflow (400 not_workflow_app): “Please check if your app mode matches the right API route.”',
  ],
  ['unicode-run', 'succeeded: {"out":"日本語 😀 \\"quotes\\"   line\\nbreak <b>&amp;</b>"} [0 tokens]'],
  ['if-run-a', 'succeeded: {"yes":"yes"} [0 tokens]'],
  ['if-run-b', 'succeeded: {"no":"no"} [0 tokens]'],
  ['fails-run', 'failed: The workflow failed: “[Errno 111] Connection refused”'],
  ['fails-run-blocking', 'failed: The workflow failed: “[Errno 111] Connection refused”'],
  ['partial-run', 'succeeded: {"body":"fallback"} [0 tokens]; Some steps of the workflow failed (“HTTP”).'],
  ['partial-run-blocking', 'succeeded: {"body":"fallback"} [0 tokens]; Some steps of the workflow failed.'],
  ['code-run', 'failed: The workflow failed: “Output n is missing.”'],
  ['code-run-fails', 'failed: The workflow failed: “Output n is missing.”'],
  ['slow-run-pings', 'succeeded: {"body":"done 25000ms-ping","status":200} [0 tokens]'],
  ['slow-run-cut', 'lost: The call was given up before Dify had finished.'],
  ['slow-run-stopped', 'succeeded: {"body":"done 8000ms-stop","status":200} [0 tokens]'],
  ['slow-stream-stopped', 'succeeded: {"body":"done 9000ms-stop3","status":200} [0 tokens]'],
  ['slow-blocking', 'succeeded: {"body":"done 5000ms-b","status":200} [0 tokens]'],
  ['slow-run-stopped-while-listening', 'failed (stopped): The run was stopped in Dify: “Stopped by user.”'],
  [
    'slow-run-stopped-by-other-user',
    'failed (stopped): The run was stopped in Dify: “Aborted: User requested stop”',
  ],
  ['file-run', 'succeeded: {"doc":{"dify_model_identity":"__dify__file__","id":null,"type"… [0 tokens]'],
  [
    'file-run-url',
    'lost: Dify says that the run failed before its first step: “Detected file type does not match the specified type. Please ve…”; if unknown: rejected: Dify does not accept the inputs of this row: “Detected file type does not match the specified type. Please ve…”',
  ],
  [
    'err-file-unknown-id',
    'lost: Dify says that the run failed before its first step: “Invalid upload file”; if unknown: rejected: Dify does not accept the inputs of this row: “Invalid upload file”',
  ],
  [
    'err-file-unknown-id-blocking',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “Invalid upload file”',
  ],
  [
    'err-file-as-string',
    'lost: Dify says that the run failed before its first step: “doc in input form must be a file”; if unknown: rejected: Dify does not accept the inputs of this row: “doc in input form must be a file”',
  ],
  [
    'err-file-type-mismatch',
    'lost: Dify says that the run failed before its first step: “Detected file type does not match the specified type. Please ve…”; if unknown: rejected: Dify does not accept the inputs of this row: “Detected file type does not match the specified type. Please ve…”',
  ],
  [
    'err-file-of-other-user',
    'lost: Dify says that the run failed before its first step: “Invalid upload file”; if unknown: rejected: Dify does not accept the inputs of this row: “Invalid upload file”',
  ],
  ['human-run', 'waiting: Ask: "Is this right? please look\\n{{#$output.note#}}"'],
  ['human-run-blocking', 'waiting: Ask: "Is this right? third\\n{{#$output.note#}}"'],
  ['chatflow-run', 'succeeded: {"answer":"hello for Ann","files":[]} [0 tokens, 0 USD]'],
  ['chatflow-run-blocking', 'succeeded: {"answer":"hello for Ann"} [0 tokens, 0 USD]'],
  [
    'err-chatflow-empty-query',
    'lost: Dify says that the run failed before its first step: “query is required”; if unknown: rejected: Dify does not accept the inputs of this row: “query is required”',
  ],
  [
    'err-chatflow-no-query',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “1 validation error for ChatRequestPayload query Field required …”',
  ],
  [
    'err-chatflow-too-long-input',
    'lost: Dify says that the run failed before its first step: “who in input form must be less than 2000 characters”; if unknown: rejected: Dify does not accept the inputs of this row: “who in input form must be less than 2000 characters”',
  ],
  [
    'err-chatflow-bad-conversation',
    'halted (if three say so): Dify does not find what was asked for (404 not_found): “Conversation Not Exists. You have requested this URI [/v1/chat-…”',
  ],
  [
    'limit2-run-2',
    'throttled by app: Dify has as many calls of this app at once as it lets in (400 invalid_param): “Too many requests. Please try again later. The current maximum …”',
  ],
  ['limit2-run-0', 'succeeded: {"body":"done 3000ms-l0","status":200} [0 tokens]'],
  ['limit2-run-1', 'succeeded: {"body":"done 3000ms-l1","status":200} [0 tokens]'],
  ['limit2-run-3', 'succeeded: {"body":"done 3000ms-l3","status":200} [0 tokens]'],
  [
    'limit1-run',
    'throttled by app: Dify has as many calls of this app at once as it lets in (400 invalid_param): “Too many requests. Please try again later. The current maximum …” An app whose limit is 1 refuses every streamed call: raise ',
  ],
  [
    'err-api-disabled',
    "halted (sure): Dify does not let this app be called (403 forbidden): “The app's API service has been disabled.”",
  ],
  [
    'err-unpublished',
    'halted (sure): The app is not published in Dify (400 invalid_param): “Workflow not published”',
  ],
  [
    'run-by-workflow-id',
    'succeeded: {"body":"fallback"} [0 tokens]; Some steps of the workflow failed (“HTTP”).',
  ],
  [
    'err-run-by-unknown-workflow-id',
    'halted (if three say so): Dify does not find what was asked for (404 not_found): “Workflow not found with id: 00000000-0000-4000-8000-000000000000”',
  ],
  [
    'worker-sigterm',
    'failed (stopped): The run was stopped in Dify: “Aborted: Workflow stopped because the worker is shutting down.”',
  ],
  ['worker-sigkill', 'lost: The call was given up before Dify had finished.'],
  ['api-sigkill', 'lost: The connection to Dify broke (UND_ERR_SOCKET).'],
  ['api-sigterm', 'succeeded: {"body":"done 6000ms-a","status":200} [0 tokens]'],
  ['redis-gone-new-run', 'lost (in trouble): Dify gave no answer within 1 s.'],
  [
    'db-gone-new-run',
    'lost (in trouble): The server failed, and the run may go on (500 unknown): “Internal Server Error”',
  ],
  ['db-gone-mid-run', 'succeeded: {"body":"done 5000ms-d","status":200} [0 tokens]'],
  ['redis-gone-mid-run', 'lost: The call was given up before Dify had finished.'],
  ['queued-no-worker', 'lost: The call was given up before Dify had finished.'],
  [
    'completion-run',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [31 tokens, 0.0000395 USD]',
  ],
  [
    'completion-run-blocking',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [31 tokens, 0.0000395 USD]',
  ],
  [
    'completion-err429',
    'throttled by provider: The model’s provider refuses calls for now (429 rate_limit_error): “Rate limit reached for fake-1”',
  ],
  [
    'completion-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now (400 completion_request_error): “Rate limit reached for fake-1”',
  ],
  [
    'completion-err500',
    'failed: The model did not answer as it should (400 completion_request_error): “Server Unavailable Error”',
  ],
  [
    'completion-err500-blocking',
    'failed: The model did not answer as it should (400 completion_request_error): “Server Unavailable Error”',
  ],
  [
    'completion-errauth',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'completion-errauth-blocking',
    'halted (sure): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'completion-errbad',
    'rejected: The row is longer than the model takes (400 completion_request_error): “maximum context length is 8192 tokens”',
  ],
  [
    'completion-errbad-blocking',
    'rejected: The row is longer than the model takes (400 completion_request_error): “maximum context length is 8192 tokens”',
  ],
  [
    'completion-errmid',
    'failed: The model did not answer as it should (400 completion_request_error): “Connection reset by provider”',
  ],
  [
    'completion-errmid-blocking',
    'failed: The model did not answer as it should (400 completion_request_error): “Connection reset by provider”',
  ],
  ['completion-empty', 'succeeded: {"answer":""} [6 tokens, 0.000003 USD]'],
  ['completion-empty-blocking', 'succeeded: {"answer":""} [6 tokens, 0.000003 USD]'],
  [
    'err-completion-missing',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “q is required in input form”',
  ],
  [
    'err-completion-long',
    'rejected: Dify does not accept the inputs of this row (400 invalid_param): “q in input form must be less than 2000 characters”',
  ],
  [
    'completion-stopped',
    'failed: The answer was cut short after 137 characters: Dify ended it without counting its tokens.',
  ],
  ['completion-cut', 'lost: The call was given up before Dify had finished.'],
  [
    'chat-run',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [31 tokens, 0.0000395 USD]',
  ],
  [
    'chat-run-blocking',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [31 tokens, 0.0000395 USD]',
  ],
  ['chat-cut', 'lost: The call was given up before Dify had finished.'],
  [
    'chat-err500',
    'failed: The model did not answer as it should (400 completion_request_error): “Server Unavailable Error”',
  ],
  [
    'chat-stopped',
    'failed: The answer was cut short after 74 characters: Dify ended it without counting its tokens.',
  ],
  [
    'llm-run',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 word6 word7 word8 … [30 tokens, 0.000039 USD]',
  ],
  [
    'llm-run-blocking',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 word6 word7 word8 … [30 tokens]',
  ],
  [
    'llm-err429',
    'throttled by provider: The model’s provider refuses calls for now: “Rate limit reached for fake-1”',
  ],
  ['llm-err500', 'failed: The workflow failed: “Server Unavailable Error”'],
  [
    'llm-errauth',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials: “[Fake] Incorrect model credentials provided, please check and t…”',
  ],
  ['llm-errbad', 'rejected: The row is longer than the model takes: “maximum context length is 8192 tokens”'],
  ['llm-errmid', 'failed: The workflow failed: “Connection reset by provider”'],
  ['llm-empty', 'succeeded: {"text":""} [5 tokens, 0.0000025 USD]'],
  ['llm-cut', 'lost: The call was given up before Dify had finished.'],
  ['llm-stopped', 'failed (stopped): The run was stopped in Dify: “Stopped by user.”'],
  [
    'chatflow-llm-run',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [31 tokens, 0.0000395 USD]',
  ],
  ['chatflow-llm-err500', 'failed: The workflow failed: “Server Unavailable Error”'],
  ['chatflow-llm-errmid', 'failed: The workflow failed: “Connection reset by provider”'],
  ['openai/chat-clientcut-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/chat-cut-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Connection Error, Connection error.”',
  ],
  ['openai/chat-empty-blocking', 'succeeded: {"answer":""} [12 tokens, 0.0000018 USD]'],
  ['openai/chat-empty-stream', 'succeeded: {"answer":""} [12 tokens, 0.0000018 USD]'],
  [
    'openai/chat-err400-blocking',
    "rejected: The row is longer than the model takes (400 completion_request_error): “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/chat-err400-stream',
    "rejected: The row is longer than the model takes (400 completion_request_error): “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/chat-err401-blocking',
    'halted (sure): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'openai/chat-err401-stream',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'openai/chat-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now (400 completion_request_error): “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/chat-err429-stream',
    'throttled by provider: The model’s provider refuses calls for now (429 rate_limit_error): “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/chat-err500-blocking',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/chat-err500-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/chat-errquota-blocking',
    'halted (sure): The account at the model’s provider is out of money or quota (400 completion_request_error): “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  [
    'openai/chat-errquota-stream',
    'halted (sure, ran): The account at the model’s provider is out of money or quota (429 rate_limit_error): “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  [
    'openai/chat-mid500-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Bad Request Error, The server had an error while proce…”',
  ],
  [
    'openai/chat-ok-blocking',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-b-chat w… [24 tokens, 0.0000099 USD]',
  ],
  [
    'openai/chat-ok-stream',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-s-chat w… [24 tokens, 0.0000099 USD]',
  ],
  [
    'openai/chat-stop-mid-stream',
    'failed: The answer was cut short after 137 characters: Dify ended it without counting its tokens.',
  ],
  ['openai/chatflow-clientcut-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/chatflow-cut-stream',
    'failed: The workflow failed: “[models] Connection Error, Connection error.”',
  ],
  ['openai/chatflow-empty-blocking', 'succeeded: {"answer":""} [13 tokens, 0.000002 USD]'],
  ['openai/chatflow-empty-stream', 'succeeded: {"answer":"","files":[]} [13 tokens, 0.000002 USD]'],
  [
    'openai/chatflow-err400-blocking',
    'rejected: The row is longer than the model takes (400 invalid_param): “Run failed: [models] Bad Request Error, Error code: 400 - This …”',
  ],
  [
    'openai/chatflow-err400-stream',
    "rejected: The row is longer than the model takes: “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/chatflow-err401-blocking',
    'halted (sure): The model’s provider does not accept Dify’s credentials (400 invalid_param): “Run failed: [OpenAI] Incorrect model credentials provided, plea…”',
  ],
  [
    'openai/chatflow-err401-stream',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials: “[OpenAI] Incorrect model credentials provided, please check and…”',
  ],
  [
    'openai/chatflow-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now (400 invalid_param): “Run failed: [models] Rate Limit Error, Error code: 429 - Rate l…”',
  ],
  [
    'openai/chatflow-err429-stream',
    'throttled by provider: The model’s provider refuses calls for now: “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/chatflow-err500-blocking',
    'failed: The workflow failed (400 invalid_param): “Run failed: [models] Server Unavailable Error, Error code: 500 …”',
  ],
  [
    'openai/chatflow-err500-stream',
    'failed: The workflow failed: “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/chatflow-errquota-blocking',
    'halted (sure): The account at the model’s provider is out of money or quota (400 invalid_param): “Run failed: [models] Rate Limit Error, Error code: 429 - You ex…”',
  ],
  [
    'openai/chatflow-errquota-stream',
    'halted (sure, ran): The account at the model’s provider is out of money or quota: “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  ['openai/chatflow-hang-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/chatflow-mid500-stream',
    'failed: The workflow failed: “[models] Bad Request Error, The server had an error while proce…”',
  ],
  [
    'openai/chatflow-ok-blocking',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-b-chatfl… [25 tokens, 0.0000101 USD]',
  ],
  [
    'openai/chatflow-ok-stream',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-s-chatfl… [25 tokens, 0.0000101 USD]',
  ],
  [
    'openai/chatflow-stop-mid-stream',
    'failed (stopped): The run was stopped in Dify: “Aborted: User requested stop”',
  ],
  ['openai/completion-clientcut-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/completion-cut-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Connection Error, Connection error.”',
  ],
  ['openai/completion-empty-blocking', 'succeeded: {"answer":""} [14 tokens, 0.0000021 USD]'],
  ['openai/completion-empty-stream', 'succeeded: {"answer":""} [14 tokens, 0.0000021 USD]'],
  [
    'openai/completion-err400-blocking',
    "rejected: The row is longer than the model takes (400 completion_request_error): “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/completion-err400-stream',
    "rejected: The row is longer than the model takes (400 completion_request_error): “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/completion-err401-blocking',
    'halted (sure): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'openai/completion-err401-stream',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials (400 completion_request_error): “Incorrect API key provided”',
  ],
  [
    'openai/completion-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now (400 completion_request_error): “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/completion-err429-stream',
    'throttled by provider: The model’s provider refuses calls for now (429 rate_limit_error): “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/completion-err500-blocking',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/completion-err500-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/completion-errquota-blocking',
    'halted (sure): The account at the model’s provider is out of money or quota (400 completion_request_error): “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  [
    'openai/completion-errquota-stream',
    'halted (sure, ran): The account at the model’s provider is out of money or quota (429 rate_limit_error): “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  ['openai/completion-hang-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/completion-mid500-stream',
    'failed: The model did not answer as it should (400 completion_request_error): “[models] Bad Request Error, The server had an error while proce…”',
  ],
  [
    'openai/completion-ok-blocking',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [Write about rec… [26 tokens, 0.0000102 USD]',
  ],
  [
    'openai/completion-ok-stream',
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [Write about rec… [26 tokens, 0.0000102 USD]',
  ],
  [
    'openai/completion-stop-mid-stream',
    'failed: The answer was cut short after 144 characters: Dify ended it without counting its tokens.',
  ],
  ['openai/llm-cut-stream', 'failed: The workflow failed: “[models] Connection Error, Connection error.”'],
  ['openai/llm-empty-blocking', 'succeeded: {"text":""} [12 tokens]'],
  ['openai/llm-empty-stream', 'succeeded: {"text":""} [12 tokens, 0.0000018 USD]'],
  [
    'openai/llm-err400-blocking',
    "rejected: The row is longer than the model takes: “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/llm-err400-stream',
    "rejected: The row is longer than the model takes: “[models] Bad Request Error, Error code: 400 - This model's maxi…”",
  ],
  [
    'openai/llm-err401-blocking',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials: “[OpenAI] Incorrect model credentials provided, please check and…”',
  ],
  [
    'openai/llm-err401-stream',
    'halted (sure, ran): The model’s provider does not accept Dify’s credentials: “[OpenAI] Incorrect model credentials provided, please check and…”',
  ],
  [
    'openai/llm-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now: “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/llm-err429-stream',
    'throttled by provider: The model’s provider refuses calls for now: “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/llm-err500-blocking',
    'failed: The workflow failed: “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/llm-err500-stream',
    'failed: The workflow failed: “[models] Server Unavailable Error, Error code: 500 - The server…”',
  ],
  [
    'openai/llm-errquota-blocking',
    'halted (sure, ran): The account at the model’s provider is out of money or quota: “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  [
    'openai/llm-errquota-stream',
    'halted (sure, ran): The account at the model’s provider is out of money or quota: “[models] Rate Limit Error, Error code: 429 - You exceeded your …”',
  ],
  ['openai/llm-hang-stream', 'lost: The call was given up before Dify had finished.'],
  [
    'openai/llm-mid500-stream',
    'failed: The workflow failed: “[models] Bad Request Error, The server had an error while proce…”',
  ],
  [
    'openai/llm-ok-blocking',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [rec-ok-b-llm word… [24 tokens]',
  ],
  [
    'openai/llm-ok-stream',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [rec-ok-s-llm word… [24 tokens, 0.0000099 USD]',
  ],
  ['openai/llm-stop-mid-stream', 'failed (stopped): The run was stopped in Dify: “Stopped by user.”'],
  [
    'openai/structured-empty-blocking',
    'failed: The workflow failed: “Failed to parse structured output: Failed to parse structured o…”',
  ],
  [
    'openai/structured-empty-stream',
    'failed: The workflow failed: “Failed to parse structured output: Failed to parse structured o…”',
  ],
  [
    'openai/structured-err429-blocking',
    'throttled by provider: The model’s provider refuses calls for now: “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/structured-err429-stream',
    'throttled by provider: The model’s provider refuses calls for now: “[models] Rate Limit Error, Error code: 429 - Rate limit reached…”',
  ],
  [
    'openai/structured-ok-blocking',
    'succeeded: {"text":"{\\"title\\":\\"rec-ok-b-structured words=6 ga\\",\\"score\\… [13 tokens]',
  ],
  [
    'openai/structured-ok-stream',
    'succeeded: {"text":"{\\"title\\":\\"rec-ok-s-structured words=6 ga\\",\\"score\\… [13 tokens, 0.0000029 USD]',
  ],
]

/** Streams of runs that were joined again. */
export const JOINED: [name: string, means: string][] = [
  ['echo-events-after-end', 'succeeded: {"out":"hi"} [0 tokens]'],
  ['echo-events-after-end-snapshot', 'succeeded: {"out":"hi"} [0 tokens]'],
  [
    'echo-events-other-user',
    'lost: Dify does not find what was asked for (404 not_found): “Workflow run not found”',
  ],
  ['slow-events-live-snapshot', 'succeeded: {"body":"done 6000ms-cut","status":200} [0 tokens]'],
  ['slow-events-live', 'succeeded: {"body":"done 6000ms-cut","status":200} [0 tokens]'],
  ['slow-stopped-events', 'lost: Dify closed the stream before the run had ended.'],
  ['human-events-resume', 'waiting: Ask: "Is this right? please look\\n{{#$output.note#}}"'],
  ['human-events-follow', 'waiting: Ask: "Is this right? second\\n{{#$output.note#}}"'],
  [
    'human-events-after',
    'failed (stopped): The run was stopped in Dify: “Aborted: Client response stream closed before app execution com…” Dify keeps what it had put out by then: note, q. keeps {"note":"fine","q":"second"}',
  ],
  ['chatflow-events', 'succeeded: {"answer":"hello for Ann","files":[]} [0 tokens]'],
  ['human-events-after-submit-b', 'waiting: Ask: "Is this right? nb\\n{{#$output.note#}}"'],
  ['human-events-after-submit-c', 'failed (stopped): The run was stopped in Dify: “Stopped by user.”'],
  ['llm-events-snapshot', 'lost: The call was given up before Dify had finished.'],
  [
    'llm-events-after-end-snapshot',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 word6 word7 word8 … [88 tokens]',
  ],
  [
    'openai/llm-events-after-end-false',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [k-llm-01. words=6… [23 tokens]',
  ],
  [
    'openai/llm-events-after-end-true',
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [k-llm-01. words=6… [23 tokens]',
  ],
]

/** Look-ups: what each request is answered with, and what that means. */
export const LOOKED_UP: [mode: AppMode, by: Partial<RunRef>, answers: string[], means: string][] = [
  ['workflow', { workflowRunId: 'r' }, ['echo-detail'], 'succeeded: {"out":"hi"} [0 tokens]'],
  ['workflow', { workflowRunId: 'r' }, ['err-run-not-found', 'echo-logs-unknown-user'], 'unknown'],
  ['workflow', { workflowRunId: 'r' }, ['err-run-of-other-app', 'echo-logs-unknown-user'], 'unknown'],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['err-run-not-uuid'],
    'lost (in trouble): The server failed, and the run may go on (500 unknown): “Internal Server Error”',
  ],
  ['workflow', { workflowRunId: 'r' }, ['slow-detail-running'], 'running'],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['slow-detail-after-cut'],
    'succeeded: {"body":"done 6000ms-cut","status":200} [0 tokens]',
  ],
  ['workflow', { workflowRunId: 'r' }, ['slow-stop-detail'], 'running'],
  ['workflow', { workflowRunId: 'r' }, ['human-detail-paused'], 'waiting: '],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['human-detail-done'],
    'failed (stopped): The run was stopped in Dify: “Aborted: Client response stream closed before app execution com…” Dify keeps what it had put out by then: note, q. keeps {"note":"fine","q":"second"}',
  ],
  ['workflow', { workflowRunId: 'r' }, ['human-detail-after-stop'], 'waiting: '],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['human-detail-after-submit-a'],
    'failed (stopped): The run was stopped in Dify: “Aborted: App task was stopped”',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['human-detail-after-submit-b'],
    'failed (stopped): The run was stopped in Dify: “Aborted: App task was stopped” Dify keeps what it had put out by then: note, q. keeps {"note":"fine","q":"nb"}',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['human-detail-after-submit-c'],
    'failed (stopped): The run was stopped in Dify: “Aborted: App task was stopped”',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['llm-detail'],
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 word6 word7 word8 … [88 tokens]',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['openai/llm-ok-run-detail'],
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [rec-ok-s-llm word… [24 tokens]',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['openai/llm-stop-mid-run-detail'],
    'failed (stopped): The run was stopped in Dify: “Aborted: User requested stop”',
  ],
  [
    'workflow',
    { workflowRunId: 'r' },
    ['openai/structured-ok-run-detail'],
    'succeeded: {"text":"{\\"title\\":\\"rec-ok-s-structured words=6 ga\\",\\"score\\… [13 tokens]',
  ],
  ['workflow', { user: 'nobody' }, ['echo-logs-unknown-user'], 'unknown'],
  ['workflow', { user: 'rowbot-t1-a1' }, ['echo-logs', 'echo-detail'], 'succeeded: {"out":"hi"} [0 tokens]'],
  [
    'workflow',
    { user: 'rowbot-t1-a1' },
    ['echo-logs-by-user', 'echo-detail'],
    'succeeded: {"out":"hi"} [0 tokens]',
  ],
  [
    'workflow',
    { user: 'rowbot-t1-a1' },
    ['echo-logs-by-keyword', 'echo-detail'],
    'succeeded: {"out":"hi"} [0 tokens]',
  ],
  ['workflow', { user: 'rowbot-t1-a2' }, ['slow-logs-running', 'slow-detail-running'], 'running'],
  ['workflow', { user: 'rowbot-t2-h1' }, ['human-logs-paused', 'human-detail-paused'], 'waiting: '],
  [
    'workflow',
    { user: 'rowbot-q-2' },
    ['worker-sigterm-logs', 'err-run-not-found'],
    'failed (stopped): The run was stopped in Dify: “Aborted: Workflow stopped because the worker is shutting down.”',
  ],
  ['workflow', { user: 'rowbot-q-3' }, ['worker-sigkill-logs', 'err-run-not-found'], 'running'],
  [
    'workflow',
    { user: 'rowbot-q-4' },
    ['api-sigkill-logs', 'err-run-not-found'],
    'failed: Dify’s log says that the run succeeded, but its outputs are gone.',
  ],
  [
    'workflow',
    { user: 'rowbot-r-1' },
    ['redis-gone-logs'],
    'lost (in trouble): Dify gave no answer within 1 s.',
  ],
  [
    'workflow',
    { user: 'rowbot-r-3' },
    ['db-gone-logs'],
    'lost (in trouble): The server failed, and the run may go on (500 unknown): “Internal Server Error”',
  ],
  ['workflow', { user: 'rowbot-r-3' }, ['db-back-logs', 'err-run-not-found'], 'running'],
  [
    'workflow',
    { user: 'rowbot-s-1' },
    ['redis-back-logs', 'err-run-not-found'],
    'failed: Dify’s log says that the run succeeded, but its outputs are gone.',
  ],
  ['workflow', { user: 'rowbot-s-2' }, ['queued-logs'], 'unknown'],
  [
    'workflow',
    { user: 'rowbot-s-2' },
    ['queued-logs-later', 'err-run-not-found'],
    'failed: Dify’s log says that the run succeeded, but its outputs are gone.',
  ],
  [
    'workflow',
    { user: 'rowbot-cqgd-hdzsshhc-2-1' },
    ['openai/llm-logs-detail', 'openai/llm-ok-run-detail'],
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [rec-ok-s-llm word… [24 tokens]',
  ],
  [
    'workflow',
    { user: 'rec-ok-s-llm' },
    ['openai/llm-ok-logs', 'openai/llm-ok-run-detail'],
    'succeeded: {"text":"word0 word1 word2 word3 word4 word5 [rec-ok-s-llm word… [24 tokens]',
  ],
  [
    'workflow',
    { user: 'stop-mid-llm.' },
    ['openai/llm-stop-mid-logs', 'err-run-not-found'],
    'failed (stopped): The run was stopped in Dify: “Aborted: User requested stop”',
  ],
  [
    'workflow',
    { user: 'rec-ok-s-structured' },
    ['openai/structured-ok-logs', 'err-run-not-found'],
    'failed: Dify’s log says that the run succeeded, but its outputs are gone.',
  ],
  ['workflow', {}, ['chatflow-logs'], 'unknown'],
  ['workflow', {}, ['completion-logs'], 'unknown'],
  ['workflow', {}, ['openai/completion-lost-workflow-logs'], 'unknown'],
  [
    'advanced-chat',
    { workflowRunId: 'r' },
    ['chatflow-run-detail', 'chatflow-conversations', 'chatflow-messages'],
    'succeeded: {"answer":"hello for Ann","files":[]} [0 tokens]',
  ],
  [
    'advanced-chat',
    {},
    ['chatflow-conversations', 'chatflow-messages'],
    'failed: The answer was cut short after 13 characters: Dify ended it without counting its tokens.',
  ],
  [
    'advanced-chat',
    { workflowRunId: 'r' },
    ['openai/chatflow-ok-run-detail', 'openai/chatflow-ok-conversations', 'openai/chatflow-ok-messages'],
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-s-chatfl… [25 tokens, 0.0000101 USD]',
  ],
  [
    'advanced-chat',
    {},
    ['openai/chatflow-ok-conversations', 'openai/chatflow-ok-messages'],
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-s-chatfl… [25 tokens, 0.0000101 USD]',
  ],
  [
    'advanced-chat',
    { workflowRunId: 'r' },
    [
      'openai/chatflow-stop-mid-run-detail',
      'openai/chatflow-stop-mid-conversations',
      'openai/chatflow-stop-mid-messages',
    ],
    'failed (stopped): The run was stopped in Dify: “Aborted: User requested stop”',
  ],
  [
    'advanced-chat',
    {},
    ['openai/chatflow-stop-mid-conversations', 'openai/chatflow-stop-mid-messages'],
    'failed: The answer was cut short after 102 characters: Dify ended it without counting its tokens.',
  ],
  [
    'advanced-chat',
    {},
    ['openai/chatflow-clientcut-soon-conversations', 'openai/chatflow-clientcut-soon-messages'],
    'running',
  ],
  [
    'advanced-chat',
    {},
    ['openai/chatflow-clientcut-late-conversations', 'openai/chatflow-clientcut-late-messages'],
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 word6 word7 word… [73 tokens, 0.0000389 USD]',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'chat-messages-list'],
    'failed: The answer was cut short before its first word: Dify ended it without counting its tokens.',
  ],
  [
    'chat',
    {},
    ['openai/chat-ok-conversations', 'openai/chat-ok-messages'],
    'succeeded: {"answer":"word0 word1 word2 word3 word4 word5 [rec-ok-s-chat w… [24 tokens, 0.0000099 USD]',
  ],
  [
    'chat',
    {},
    ['openai/chat-stop-mid-conversations', 'openai/chat-stop-mid-messages'],
    'failed: The answer was cut short after 136 characters: Dify ended it without counting its tokens.',
  ],
  [
    'chat',
    {},
    ['openai/chat-clientcut-soon-conversations', 'openai/chat-clientcut-soon-messages'],
    'failed: The answer was cut short before its first word: Dify ended it without counting its tokens.',
  ],
  [
    'chat',
    {},
    ['openai/chat-clientcut-late-conversations', 'openai/chat-clientcut-late-messages'],
    'failed: The answer was cut short before its first word: Dify ended it without counting its tokens.',
  ],
  [
    'chat',
    {},
    ['completion-conversations'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['openai/completion-ok-conversations'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['openai/completion-lost-conversations'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['openai/completion-stop-mid-conversations'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'completion-messages-list'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'openai/completion-ok-messages'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'openai/completion-lost-messages'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'openai/completion-lost-messages-conv'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
  [
    'chat',
    {},
    ['chat-conversations', 'openai/completion-stop-mid-messages'],
    'halted (sure): The app is not a chatflow, chatbot or agent (400 not_chat_app): “Please check if your app mode matches the right API route.”',
  ],
]

/** Not of a run: what describes an app, its files and forms, and what was only answered with yes or no. */
export const NOT_OF_RUNS = [
  'echo-info',
  'echo-parameters',
  'echo-site',
  'echo-meta',
  'echo-stop-after-end',
  'echo-stop-unknown-task',
  'err-no-auth',
  'err-bad-key',
  'err-route',
  'err-method',
  'types-parameters',
  'if-parameters',
  'stop-by-run-id',
  'slow-stop',
  'slow-stop-other-user',
  'file-parameters',
  'file-upload',
  'err-file-too-large',
  'file-upload-exe',
  'err-file-none',
  'human-form',
  'err-human-form-bad-action',
  'err-human-form-missing-input',
  'human-form-submit',
  'err-human-form-submit-twice',
  'err-human-form-unknown',
  'human-stop-paused',
  'chatflow-parameters',
  'chatflow-info',
  'err-api-disabled-info',
  'err-unpublished-parameters',
  'human-form-submit-alone',
  'redis-gone-info',
  'completion-info',
  'completion-parameters',
  'completion-stop',
  'chat-info',
  'chat-parameters',
  'chat-stop',
  'llm-stop',
  'openai/chat-stop-mid-answer',
  'openai/chatflow-stop-mid-answer',
  'openai/completion-lost-app-feedbacks',
  'openai/completion-lost-feedback-null',
  'openai/completion-lost-feedback-unknown',
  'openai/completion-lost-feedback',
  'openai/completion-lost-suggested',
  'openai/completion-stop-mid-answer',
  'openai/llm-stop-mid-answer',
]
