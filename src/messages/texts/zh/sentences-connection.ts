import type { SentencesOf } from '../../../engine/sentence.ts'
import type { CONNECTION } from '../../../engine/sentences/connection.ts'

const TRUST = '启动 Rowbot 时，请用 NODE_EXTRA_CA_CERTS 指定其证书颁发机构的文件'

/** See engine/sentences/connection.ts. */
export const sentencesConnection = (): SentencesOf<typeof CONNECTION> => ({
  'not-sent': ({ says, code }) => `${says}（${code}）。`,
  'net-refused': () => 'Dify 服务器不接受连接',
  'net-unknown-name': () => '找不到 Dify 服务器的域名',
  'net-name-later': () => '暂时无法解析 Dify 服务器的域名',
  'net-no-way': () => '无法连通 Dify 服务器',
  'net-no-network': () => '没有通往 Dify 服务器的网络',
  'net-no-answer': () => 'Dify 服务器没有响应连接请求',
  'tls-expired': () => 'Dify 服务器的证书已过期',
  'tls-self-signed': () => `Dify 服务器的证书是自签名的。${TRUST}`,
  'tls-own-authority': () => `Dify 服务器的证书由自建的颁发机构签发。${TRUST}`,
  'tls-unverified': () => `无法验证 Dify 服务器的证书。${TRUST}`,
  'tls-other-name': () => '证书与 Dify 服务器的域名不符',
  'tls-broken': () => 'Dify 服务器的 TLS 连接不正常',

  'no-answer-within': ({ seconds }) => `Dify 在 ${seconds} 秒内没有回答。`,
  'connection-broke': () => '与 Dify 的连接中断了。',
  'connection-broke-because': ({ why }) => `与 Dify 的连接中断了（${why}）。`,
  'call-given-up': () => 'Dify 完成之前，这次调用已被放弃。',
})
