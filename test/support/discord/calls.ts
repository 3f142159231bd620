export interface File {
  name: string
  bytes: Uint8Array
}

export interface ApiCall {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
  files: File[]
  at: number
  status: number
}

export async function read(request: Request, { pathname, searchParams }: URL): Promise<ApiCall> {
  const path = decodeURIComponent(pathname.replace(/^\/api(\/v\d+)?/, ''))
  const call = { method: request.method, path, query: searchParams, at: Date.now(), status: 0 }
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) {
    const text = await request.text()
    return { ...call, body: text === '' ? undefined : JSON.parse(text), files: [] }
  }
  const form = await request.formData()
  const files: File[] = []
  let body: unknown
  for (const [name, value] of form.entries()) {
    if (name === 'payload_json') body = JSON.parse(typeof value === 'string' ? value : await value.text())
    else if (typeof value !== 'string')
      files.push({ name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  return { ...call, body, files }
}
