import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { IS_EXECUTABLE, ownFile } from '../engine/this-program.ts'
import { compress, type Encoding, encodingFor } from './http/encoding.ts'

const YEAR_SECONDS = 31_536_000

const own = (name: string) => join(import.meta.dir, 'assets', name)

const ofHtmx = (path: string) => (IS_EXECUTABLE ? ownFile(path) : Bun.resolveSync(path, import.meta.dir))

/** Files that the pages load, from packages and from the folder next to this file; several are joined into one. */
const FILES = {
  'htmx.js': ofHtmx('htmx.org/dist/htmx.min.js'),
  'hx-ptag.js': ofHtmx('htmx.org/dist/ext/hx-ptag.min.js'),
  'page.css': ['colours', 'base', 'frame', 'parts', 'tasks', 'sheet', 'new', 'workflows', 'docs'].map(
    (name) => own(`${name}.css`),
  ),
  // One module: what `page` and `alive` define, both see.
  'page.js': ['connection', 'page', 'sheet', 'alive'].map((name) => own(`${name}.js`)),
  'icon.svg': own('icon.svg'),
  // The stylesheet asks for it without its version: another picture needs another name.
  'search.svg': own('search.svg'),
} as const
export type AssetName = keyof typeof FILES

const TYPES = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
} as const

interface Asset {
  type: string
  plain: Uint8Array<ArrayBuffer>
  packed: Record<Encoding, Uint8Array<ArrayBuffer>>
  version: string
}

/** Read once at the start. A changed file gets another URL, so browsers may cache without limit. */
export class Assets {
  private constructor(private readonly all: Map<string, Asset>) {}

  static async load(): Promise<Assets> {
    const entries = Object.entries(FILES).map(async ([name, path]) => {
      const parts = await Promise.all([path].flat().map((one) => Bun.file(one).bytes()))
      const plain = await new Blob(parts).bytes()
      const version = createHash('sha256').update(plain).digest('hex').slice(0, 12)
      const extension = name.split('.').at(-1)
      const type = extension === 'js' || extension === 'css' || extension === 'svg' ? TYPES[extension] : ''
      const packed = { zstd: await compress(plain, 'zstd'), gzip: await compress(plain, 'gzip') }
      return [name, { type, plain, packed, version }] as const
    })
    return new Assets(new Map(await Promise.all(entries)))
  }

  /** `/assets/page.css?v=1f2e…` */
  href(name: AssetName): string {
    return `/assets/${name}?v=${this.all.get(name)?.version ?? ''}`
  }

  routes() {
    const find = ({ params, request }: { params: { name: string }; request: Request }) =>
      this.#response(params.name, request)
    return new Elysia()
      .get('/assets/:name', find)
      .get('/favicon.ico', ({ request }) => this.#response('icon.svg', request))
  }

  #response(name: string, request: Request): Response {
    const asset = this.all.get(name)
    if (!asset) return new Response(null, { status: 404 })
    const encoding = encodingFor(request)
    return new Response(encoding ? asset.packed[encoding] : asset.plain, {
      headers: {
        'content-type': asset.type,
        'cache-control': `public, max-age=${YEAR_SECONDS}, immutable`,
        vary: 'accept-encoding',
        etag: `W/"${asset.version}"`,
        ...(encoding && { 'content-encoding': encoding }),
      },
    })
  }
}
