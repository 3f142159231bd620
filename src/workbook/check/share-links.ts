/** What a link that people copy with “Share” means: the download of its file, or why it has none. */
export type ShareLink =
  | { service: string; url: string; extension?: string; as?: string }
  | { service: string; refused: 'folder' | 'page' }

/**
 * A share link opens a page that shows the file; what an app needs is the file. Only forms that the services describe
 * themselves, or give as their own download links, are turned into one. Whether a file is shared with everybody, or its
 * page asks for a sign-in, is not in the link.
 * @returns undefined for every other address, and for one that is a download already
 */
export function downloadOf(url: URL): ShareLink | undefined {
  const host = url.hostname.toLowerCase()
  if (host === 'drive.google.com' || host === 'docs.google.com') return google(url)
  if (host === 'www.dropbox.com' || host === 'dropbox.com') return dropbox(url)
  if (/\.sharepoint\.(com|cn|us)$/.test(host)) return sharePoint(url)
  if (host === '1drv.ms' || host === 'onedrive.live.com') return oneDrive(url)
  return undefined
}

const DRIVE = 'Google Drive'

/** How a document of Google, which is no file of its own, is exported. */
const EXPORTS = {
  document: { service: 'Google Docs', how: 'export?format=pdf', extension: 'pdf', as: 'PDF' },
  spreadsheets: { service: 'Google Sheets', how: 'export?format=xlsx', extension: 'xlsx', as: 'Excel' },
  presentation: { service: 'Google Slides', how: 'export/pdf', extension: 'pdf', as: 'PDF' },
  drawings: { service: 'Google Drawings', how: 'export/png', extension: 'png', as: 'PNG' },
} as const

function google(url: URL): ShareLink | undefined {
  // Of an organisation (/a/example.com), and of the second account in the browser (/u/1).
  const path = url.pathname.replace(/^\/a\/[^/]+/, '').replace(/\/u\/\d+(?=\/|$)/, '')
  const [, file] = /^\/file\/d\/([\w-]+)/.exec(path) ?? []
  if (file) return ofDrive(url, file)
  if (path === '/open' || path === '/uc') return openedById(url, path)
  if (/^\/(drive\/folders|folderview|embeddedfolderview)(\/|$)/.test(path))
    return { service: DRIVE, refused: 'folder' }
  const [, kind, published, id, rest = ''] =
    /^\/(document|spreadsheets|presentation|drawings)\/d\/(e\/)?([\w-]+)(?:\/(.*))?$/.exec(path) ?? []
  if (!kind || !id) return { service: DRIVE, refused: 'page' }
  const { service, how, extension, as } = EXPORTS[kind as keyof typeof EXPORTS] // `as`: one of those in the pattern
  if (published) return ofPublished(url, kind, id)
  if (/^export(\/|$)/.test(rest)) return undefined
  return { service, url: `https://docs.google.com/${kind}/d/${id}/${how}`, extension, as }
}

function ofDrive(url: URL, id: string): ShareLink {
  const download = new URL('https://drive.google.com/uc?export=download')
  download.searchParams.set('id', id)
  const key = url.searchParams.get('resourcekey')
  if (key) download.searchParams.set('resourcekey', key)
  return { service: DRIVE, url: download.href }
}

function openedById(url: URL, path: string): ShareLink | undefined {
  if (path === '/uc' && url.searchParams.has('export')) return undefined
  const id = url.searchParams.get('id')
  return id ? ofDrive(url, id) : { service: DRIVE, refused: 'page' }
}

/** “Publish to the web” of a table can give a file; of a document, only a page. */
function ofPublished(url: URL, kind: string, id: string): ShareLink | undefined {
  if (url.searchParams.has('output')) return undefined
  const { service, extension, as } = EXPORTS.spreadsheets
  if (kind !== 'spreadsheets') return { service: DRIVE, refused: 'page' }
  const download = `https://docs.google.com/spreadsheets/d/e/${id}/pub?output=xlsx`
  return { service, url: download, extension, as }
}

function dropbox(url: URL): ShareLink | undefined {
  const service = 'Dropbox'
  const { searchParams: given } = url
  if (given.get('dl') === '1' || given.get('raw') === '1') return undefined
  if (/^\/(home|work|personal|preview)(\/|$)/.test(url.pathname)) return { service, refused: 'page' }
  // A file inside a shared folder has the folder’s link and its own name.
  if (/^\/(sh|scl\/fo)\//.test(url.pathname) && !/\.[a-z0-9]{1,10}$/i.test(url.pathname))
    return { service, refused: 'folder' }
  if (!/^\/(s|sh|scl\/fi|scl\/fo)\//.test(url.pathname)) return undefined
  return { service, url: withParameter(url, 'dl', '1') }
}

/** What a letter between colons means, where the link does not end in the name of the file. */
const OFFICE: Record<string, string> = { b: 'pdf', w: 'docx', x: 'xlsx', p: 'pptx' }

function sharePoint(url: URL): ShareLink | undefined {
  const service = 'SharePoint'
  if (url.searchParams.get('download') === '1') return undefined
  const [, letter = ''] = /^\/:(\w):\//.exec(url.pathname) ?? []
  if (letter === 'f') return { service, refused: 'folder' }
  if (letter === 'o') return { service, refused: 'page' } // a notebook of OneNote is a folder inside
  if (letter === '') {
    const isPage = /\/_layouts\/(?!15\/download\.aspx)|\/forms\/[^/]+\.aspx$/i.test(url.pathname)
    return isPage ? { service, refused: 'page' } : undefined
  }
  const extension = OFFICE[letter]
  const isNamed = /\.[a-z0-9]{1,10}$/i.test(url.pathname)
  return {
    service,
    url: withParameter(url, 'download', '1'),
    ...(extension !== undefined && !isNamed && { extension }),
  }
}

/** The links of today’s OneDrive lead to a page; only the older ones have a download. */
function oneDrive(url: URL): ShareLink | undefined {
  const service = 'OneDrive'
  const isFolder = url.pathname.startsWith('/f/') || url.searchParams.get('ithint')?.startsWith('folder')
  if (isFolder) return { service, refused: 'folder' }
  if (url.hostname === '1drv.ms') return { service, refused: 'page' }
  if (url.pathname === '/download') return undefined
  if (!/^\/(redir|embed)$/.test(url.pathname)) return { service, refused: 'page' }
  const download = secure(url)
  download.pathname = '/download'
  return { service, url: download.href }
}

function withParameter(url: URL, name: string, value: string): string {
  const download = secure(url)
  download.searchParams.delete('web') // of SharePoint: to open it in the browser
  download.searchParams.set(name, value)
  download.hash = ''
  return download.href
}

function secure(url: URL): URL {
  const copy = new URL(url)
  copy.protocol = 'https:'
  return copy
}
