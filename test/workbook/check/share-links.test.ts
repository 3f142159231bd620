import { expect, test } from 'bun:test'
import { downloadOf } from '../../../src/workbook/check/share-links.ts'

const ID = '1AbC-d_efGhijklmnop'
const UC = `https://drive.google.com/uc?export=download&id=${ID}`
const DOCS = 'https://docs.google.com'
const SP = 'https://contoso-my.sharepoint.com'

test.each([
  [`https://drive.google.com/file/d/${ID}/view?usp=sharing`, UC],
  [`http://drive.google.com/file/d/${ID}/view`, UC],
  [`https://drive.google.com/file/d/${ID}/view?resourcekey=0-xyz`, `${UC}&resourcekey=0-xyz`],
  [`https://drive.google.com/file/u/1/d/${ID}/preview`, UC],
  [`https://drive.google.com/a/example.com/file/d/${ID}`, UC],
  [`${DOCS}/file/d/${ID}/edit`, UC],
  [`https://drive.google.com/open?id=${ID}&usp=drive_copy`, UC],
  [`https://drive.google.com/uc?id=${ID}`, UC],
  [`${DOCS}/document/d/${ID}/edit?usp=sharing#heading=h.1`, `${DOCS}/document/d/${ID}/export?format=pdf`],
  [`${DOCS}/document/u/0/d/${ID}`, `${DOCS}/document/d/${ID}/export?format=pdf`],
  [`${DOCS}/spreadsheets/d/${ID}/edit#gid=0`, `${DOCS}/spreadsheets/d/${ID}/export?format=xlsx`],
  [`${DOCS}/presentation/d/${ID}/edit`, `${DOCS}/presentation/d/${ID}/export/pdf`],
  [`${DOCS}/drawings/d/${ID}/edit`, `${DOCS}/drawings/d/${ID}/export/png`],
  [`${DOCS}/spreadsheets/d/e/2PACX-1/pubhtml`, `${DOCS}/spreadsheets/d/e/2PACX-1/pub?output=xlsx`],
  ['https://www.dropbox.com/s/abc/a.pdf?dl=0', 'https://www.dropbox.com/s/abc/a.pdf?dl=1'],
  ['https://dropbox.com/s/abc/a.pdf', 'https://dropbox.com/s/abc/a.pdf?dl=1'],
  [
    'https://www.dropbox.com/scl/fi/abc/a.pdf?rlkey=k1&st=s&dl=0',
    'https://www.dropbox.com/scl/fi/abc/a.pdf?rlkey=k1&st=s&dl=1',
  ],
  ['https://www.dropbox.com/sh/abc/def/in/a.pdf?dl=0', 'https://www.dropbox.com/sh/abc/def/in/a.pdf?dl=1'],
  [`${SP}/:b:/g/personal/me/EaBc?e=xYz`, `${SP}/:b:/g/personal/me/EaBc?e=xYz&download=1`],
  [`${SP}/:x:/r/sites/s/a.xlsx?d=w1&csf=1&web=1`, `${SP}/:x:/r/sites/s/a.xlsx?d=w1&csf=1&download=1`],
  [
    'https://onedrive.live.com/redir?resid=A!1&authkey=!k',
    'https://onedrive.live.com/download?resid=A!1&authkey=!k',
  ],
  [
    'https://onedrive.live.com/embed?resid=A!1&authkey=!k',
    'https://onedrive.live.com/download?resid=A!1&authkey=!k',
  ],
])('%s is downloaded from %s', (link, download) => {
  expect(downloadOf(new URL(link))).toMatchObject({ url: download })
})

test.each([
  [`https://drive.google.com/drive/folders/${ID}?usp=sharing`, 'folder', 'Google Drive'],
  [`https://drive.google.com/drive/u/0/folders/${ID}`, 'folder', 'Google Drive'],
  [`https://drive.google.com/folderview?id=${ID}`, 'folder', 'Google Drive'],
  ['https://drive.google.com/drive/my-drive', 'page', 'Google Drive'],
  ['https://drive.google.com/open', 'page', 'Google Drive'],
  [`${DOCS}/forms/d/e/${ID}/viewform`, 'page', 'Google Drive'],
  [`${DOCS}/document/d/e/2PACX-1/pub`, 'page', 'Google Drive'],
  ['https://www.dropbox.com/sh/abc/def?dl=0', 'folder', 'Dropbox'],
  ['https://www.dropbox.com/scl/fo/abc/h?rlkey=k&dl=0', 'folder', 'Dropbox'],
  ['https://www.dropbox.com/home/a.pdf', 'page', 'Dropbox'],
  [`${SP}/:f:/g/personal/me/EaBc?e=x`, 'folder', 'SharePoint'],
  [`${SP}/:o:/g/personal/me/EaBc?e=x`, 'page', 'SharePoint'],
  [`${SP}/sites/s/_layouts/15/Doc.aspx?sourcedoc=%7B1%7D&action=default`, 'page', 'SharePoint'],
  [`${SP}/sites/s/Shared%20Documents/Forms/AllItems.aspx?id=1`, 'page', 'SharePoint'],
  ['https://1drv.ms/f/s!Abc', 'folder', 'OneDrive'],
  ['https://1drv.ms/b/s!Abc?e=x', 'page', 'OneDrive'],
  ['https://onedrive.live.com/redir?resid=A!1&ithint=folder%2cpdf', 'folder', 'OneDrive'],
  ['https://onedrive.live.com/?id=A!1&cid=A', 'page', 'OneDrive'],
] as const)('%s is refused: a %s of %s', (link, refused, service) => {
  expect(downloadOf(new URL(link))).toEqual({ service, refused })
})

test.each([
  UC,
  `https://drive.usercontent.google.com/download?id=${ID}&export=download`,
  `${DOCS}/document/d/${ID}/export?format=docx`,
  `${DOCS}/spreadsheets/d/e/2PACX-1/pub?output=csv`,
  'https://www.dropbox.com/s/abc/a.pdf?dl=1',
  'https://www.dropbox.com/s/abc/a.pdf?raw=1',
  'https://www.dropbox.com/t/abc',
  'https://dl.dropboxusercontent.com/s/abc/a.pdf',
  `${SP}/:b:/g/personal/me/EaBc?download=1`,
  `${SP}/sites/s/_layouts/15/download.aspx?UniqueId=1`,
  `${SP}/sites/s/Shared%20Documents/a.pdf`,
  'https://onedrive.live.com/download?resid=A!1',
  'https://example.com/drive.google.com/file/d/1/view',
  'https://drive.google.com.example.com/file/d/1/view',
])('%s is left as it is', (link) => {
  expect(downloadOf(new URL(link))).toBeUndefined()
})

test.each([
  [`${DOCS}/document/d/${ID}/edit`, 'pdf'],
  [`${DOCS}/spreadsheets/d/${ID}/edit`, 'xlsx'],
  [`${SP}/:x:/g/personal/me/EaBc`, 'xlsx'],
  [`${SP}/:w:/r/sites/s/a.doc?d=w1`, undefined],
  [`${SP}/:i:/g/personal/me/EaBc`, undefined],
])('the download of %s ends in %s, as far as the link tells', (link, extension) => {
  const found = downloadOf(new URL(link))
  expect(found && 'extension' in found ? found.extension : undefined).toBe(extension)
})
