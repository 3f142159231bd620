import type { SentencesOf } from '../../../engine/sentence.ts'
import type { FILES } from '../../../engine/sentences/files.ts'
import { mb } from '../../../engine/sentences/words.ts'

/** See engine/sentences/files.ts. */
export const sentencesFiles = (): SentencesOf<typeof FILES> => ({
  uploading: ({ error }) => `上传文件时：${error}`,
  'upload-without-place': () => 'Dify 没有说明上传的文件存放在哪里。',
  'file-not-kept': ({ name }) => `文件“${name}”已不再保留。`,
  'file-damaged': ({ name }) => `文件“${name}”无法解密：它在 Rowbot 的存放处被改动过。`,
  'bucket-missing': () => '存放 Rowbot 文件的存储桶不存在。',
  'bucket-refuses': ({ code }) => `存放 Rowbot 文件的存储桶拒绝了 Rowbot 的密钥（${code}）。`,
  'bucket-away': ({ code }) => `存放 Rowbot 文件的存储桶没有响应（${code}）。`,
  'kept-file-damaged': () => '存放 Rowbot 文件的地方返回的内容与保存时不同。',
  'do-wait-for-files': () => '请一分钟后重试。如果仍然不行，请让管理员检查存放文件的地方。',

  'address-refused': ({ address, why }) => `“${address}”${why}`,
  'address-none': () => '不是网址。',
  'address-not-https': () => '不是 https 地址，而只有这种地址才会下载。',
  'address-password': () => '中含有密码，这样的地址不会下载。',
  'address-private': () => '位于内部网络中。',
  'link-redirects': ({ address }) => `“${address}”重定向的次数太多。`,
  'link-status': ({ address, status }) => `无法下载“${address}”（HTTP ${status}）。`,
  'link-unreachable': ({ address, why }) => `无法下载“${address}”：${why}。`,
  'unknown-reason': () => '原因不明',
  'link-too-large': ({ address, bytes }) => `“${address}”超过了 Dify 允许的 ${mb(bytes)}。`,
  'link-to-web-page': ({ address }) => `“${address}”指向的是网页，不是文件。可能需要先在那里登录。`,
  'link-not-an-image': ({ address, type }) => `“${address}”指向的是 ${type} 类型的文件，不是图片。`,
  'link-not-a-sound': ({ address, type }) => `“${address}”指向的是 ${type} 类型的文件，不是音频。`,
  'link-not-a-video': ({ address, type }) => `“${address}”指向的是 ${type} 类型的文件，不是视频。`,

  'output-without-link': () => 'Dify 没有给出文件的链接。',
  'output-link-refused': ({ host, why }) => `文件的链接指向 ${host}，它${why}`,
  'output-link-nowhere': () => '文件的链接没有指向任何地方。',
  'output-link-redirects': () => '文件的链接重定向的次数太多。',
  'output-link-private': () => '文件的链接位于内部网络中。',
  'output-link-ended': ({ status }) => `Dify 给出的文件链接已失效（HTTP ${status}）。`,
  'output-server-status': ({ status }) => `文件所在的服务器返回了 HTTP ${status}。`,
  'output-server-unreachable': ({ why }) => `无法访问文件所在的服务器：${why}。`,
  'output-too-large': ({ bytes }) => `文件超过了下载上限 ${mb(bytes)}。`,
  'outputs-too-large': ({ bytes }) => `这个任务的文件合计超过 ${mb(bytes)}，其余的不再下载。`,
  'output-took-too-long': () => '下载文件用时过长。',
  'output-broke': () => '文件还没下载完，连接就中断了。',
  'output-web-page': () => '文件的链接打开的是网页，例如登录页。',
  'output-not-fetched': ({ why }) => `无法下载文件：${why}。`,
  'too-many-output-files': ({ max }) => `每行只下载前 ${max} 个文件。`,

  'no-such-column': ({ column }) => `没有“${column}”这一列。`,
  'several-columns-headed': ({ heading }) => `有多列的标题都是“${heading}”。`,
  'do-name-column-by-letters': ({ letters }) => `请改用列号，如 ${letters}。`,
  'do-name-a-column': ({ headings }) => `现有的列：${headings}。`,
  'did-you-mean': ({ name }) => `是不是“${name}”？`,
  'too-many-columns': ({ most }) => `最多用 ${most} 列来识别一行。`,
})
