import { isWorkbookName, isZipName } from '../../files/file-names.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** Where a link to a file leads; `file`: to the file itself, `cloud`: to a service that stores files. */
export type FileLink = keyof Texts['files']['links']

/**
 * The first link to a file among these words; undefined: there is none. Rowbot follows no links, since who may read the file
 * behind one is not for it to decide: its person learns what to do instead.
 */
export function fileLinkIn(text: string): FileLink | undefined {
  for (const [address] of text.matchAll(/https?:\/\/[^\s<>|]+/gi)) {
    const url = URL.parse(address)
    const link = url && linkOf(url)
    if (link) return link
  }
  return undefined
}

function linkOf({ hostname, pathname }: URL): FileLink | undefined {
  const found = SERVICES.find(
    ({ hosts, path }) => hosts.some((host) => isOf(hostname, host)) && path.test(pathname),
  )
  if (found) return found.link
  return isWorkbookName(pathname) || isZipName(pathname) ? 'file' : undefined
}

function isOf(hostname: string, host: string): boolean {
  return hostname === host || hostname.endsWith(`.${host}`)
}

const ANY = /^/

const SERVICES: { link: FileLink; hosts: string[]; path: RegExp }[] = [
  { link: 'google', hosts: ['docs.google.com', 'drive.google.com', 'sheets.google.com'], path: ANY },
  {
    link: 'microsoft',
    hosts: ['sharepoint.com', 'onedrive.live.com', '1drv.ms', 'office.com', 'cloud.microsoft'],
    path: ANY,
  },
  { link: 'slack', hosts: ['slack.com'], path: /^\/(archives|files)\// },
  { link: 'discord', hosts: ['discord.com', 'discordapp.com'], path: /^\/(channels|attachments)\// },
  {
    link: 'cloud',
    hosts: [
      'dropbox.com',
      'dropboxusercontent.com',
      'box.com',
      'kdocs.cn',
      'docs.qq.com',
      'shimo.im',
      'icloud.com',
    ],
    path: ANY,
  },
  { link: 'cloud', hosts: ['feishu.cn', 'larksuite.com'], path: /^\/(sheets|base|file|wiki|docx)\// },
]
