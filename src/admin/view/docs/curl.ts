import type { Operation } from '../../api/openapi.ts'

/** Shown in the place of what only the reader knows. */
const SAMPLES: Record<string, string> = {
  task_id: 'k7f2',
  workflow_id: '$WORKFLOW_ID',
  upload_id: '$UPLOAD_ID',
  api_key: '$DIFY_API_KEY',
  row: '2',
}
const FILES = new Set(['download', 'template'])

/** A command to try a route with, as far as it can be written without knowing anything. */
export function curlOf(verb: string, path: string, operation: Operation, origin: string): string {
  const url = `${origin}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? name)}`
  const { content = {} } = operation.requestBody ?? {}
  const json = content['application/json']?.schema
  const last = path.split('/').at(-1) ?? ''
  return [
    'curl',
    ...(verb === 'get' ? [] : [`-X ${verb.toUpperCase()}`]),
    ...(last === 'events' ? ['-N'] : FILES.has(last) ? ['-OJ'] : []),
    '-H "Authorization: Bearer $ROWBOT_TOKEN"',
    ...(last === 'execute' ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(content['multipart/form-data'] ? ['-F file=@products.xlsx'] : []),
    ...(json && operation.requestBody?.required ? [`--json "${sample(json)}"`] : []),
    `"${url}"`,
  ].join(' ')
}

/** What must be there, and where nothing must, what may. Quoted for the shell, so that its variables are filled in. */
function sample({ required, properties }: Record<string, unknown>): string {
  const names = Array.isArray(required) ? required.map(String) : Object.keys(properties ?? {}).slice(0, 1)
  const fields = names.map(
    (name) => `\\"${name}\\":${SAMPLES[name] === undefined ? 'true' : `\\"${SAMPLES[name]}\\"`}`,
  )
  return `{${fields.join(',')}}`
}
