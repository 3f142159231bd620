import { expect, test } from 'bun:test'
import { fileLinkIn } from '../../../src/bots/handlers/file-links.ts'

test.each([
  ['<https://docs.google.com/spreadsheets/d/1A2b/edit#gid=0|Orders>', 'google'],
  ['please: https://drive.google.com/file/d/1A/view', 'google'],
  ['https://acme-my.sharepoint.com/:x:/g/personal/mei/Ed', 'microsoft'],
  ['https://1drv.ms/x/s!Ab', 'microsoft'],
  ['https://www.dropbox.com/scl/fi/ab/orders.xlsx?dl=0', 'cloud'],
  ['https://docs.qq.com/sheet/DAbc', 'cloud'],
  ['https://acme.feishu.cn/sheets/shtcn1', 'cloud'],
  ['https://acme.slack.com/archives/C1/p1700000000000100', 'slack'],
  ['https://acme.slack.com/files/U1/F1/orders.xlsx', 'slack'],
  ['https://discord.com/channels/1/2/3', 'discord'],
  ['https://cdn.discordapp.com/attachments/1/2/orders.xlsx?ex=1', 'discord'],
  ['https://example.com/a/Orders.XLSX?v=2', 'file'],
  ['see https://example.com and https://example.com/all.zip', 'file'],
  ['https://example.com/orders', undefined],
  ['https://docs.google.com.example.com/', undefined],
  ['https://notslack.com/archives/C1', undefined],
  ['https://', undefined],
  ['orders.xlsx', undefined],
])('%s is a link to %p', (text, link) => {
  expect(fileLinkIn(text)).toBe(link as ReturnType<typeof fileLinkIn>) // each is one of its values
})
