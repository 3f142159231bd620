import type { SentencesOf } from '../../../engine/sentence.ts'
import type { CONNECTION } from '../../../engine/sentences/connection.ts'

const TRUST = '请将 ROWBOT_CA_FILE 设为其证书颁发机构的文件'

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

  'proxy-wants-password': ({ proxy }) =>
    `代理服务器（${proxy}）要求用户名和密码。请写入该设置：http://user:password@proxy:3128`,
  'proxy-refuses-password': ({ proxy }) => `代理服务器（${proxy}）不接受所给的用户名和密码`,
  'proxy-forbids': ({ proxy, host }) =>
    `代理服务器（${proxy}）不允许本机访问 ${host}。请放行，或将该主机写入 NO_PROXY`,
  'proxy-cannot-reach': ({ proxy, host }) => `代理服务器（${proxy}）无法连通 ${host}`,
  'proxy-dead': ({ proxy }) => `代理服务器（${proxy}）没有响应。地址是否正确？是否在运行？`,
  'tls-untrusted': ({ host }) => `${host} 的证书由本机不认识的颁发机构签发。${TRUST}`,
  'tls-expired-at': ({ host }) => `${host} 的证书已过期`,
  'tls-not-for': ({ host }) => `${host} 出示的证书属于另一个域名`,
  'tls-wants-certificate': ({ host }) =>
    `${host} 要求客户端证书，或不接受我们的证书。请看 ROWBOT_TLS_CERT 和 ROWBOT_TLS_HOSTS`,

  'no-answer-within': ({ seconds }) => `Dify 在 ${seconds} 秒内没有回答。`,
  'connection-broke': () => '与 Dify 的连接中断了。',
  'connection-broke-because': ({ why }) => `与 Dify 的连接中断了（${why}）。`,
  'call-given-up': () => 'Dify 完成之前，这次调用已被放弃。',
})
