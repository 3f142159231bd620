import type { SentencesOf } from '../../../engine/sentence.ts'
import type { APPS } from '../../../engine/sentences/apps.ts'

/** See engine/sentences/apps.ts. */
export const sentencesApps = (): SentencesOf<typeof APPS> => ({
  'not-an-address': ({ address }) => `“${address}”不是服务器地址。`,
  'do-check-api-address': () => '请核对 Dify 服务器的地址：它显示在 Dify 的“访问 API”中，通常以 /v1 结尾。',
  'not-a-key': () => '这不是 API 密钥。',
  'do-copy-key': () => '请从应用的“访问 API”页面复制密钥，密钥以 app- 开头。',
  'do-try-in-a-while': () => '请稍后重试。',
  'dify-refuses-the-call': () => 'Dify 拒绝了这次调用。',
  'server-is-not-dify': ({ host }) => `${host} 有响应，但不是 Dify 的 API。`,
  'server-too-slow': ({ host }) => `${host} 没有及时响应。`,
  'server-unreachable': ({ host }) => `无法访问 ${host}。`,
  'server-unreachable-because': ({ host, why }) => `无法访问 ${host}。${why}`,
  'not-an-app-page': () => '这不是 Dify 应用的地址。',
  'do-copy-app-page': () => '请在 Dify 中打开该应用，复制该页面的地址。',
  'app-without-kind': ({ app }) => `Dify 没有说明“${app}”是哪种应用。`,
  'do-update-dify': () => '这台服务器的版本太旧，请升级 Dify。',
  'app-is-a-pipeline': ({ app }) => `“${app}”是知识流水线，Rowbot 无法逐行运行。`,
  'app-of-other-kind': ({ app, kind }) => `“${app}”是“${kind}”类型的应用，Rowbot 无法逐行运行。`,
  'do-use-another-app': () => '请使用工作流、对话流、聊天助手、Agent 或文本生成应用的 API 密钥。',
  'not-a-server-address': () => '这不是服务器地址。',
  'do-check-console-address': () =>
    '请填写您自己的 Dify 服务器的地址，即“访问 API”中显示的地址，例如 https://dify.example.com/v1。',
  'not-an-admin-key': () => '这不是管理员 API 密钥。',
  'do-find-admin-key': () => '它是 Dify 服务器 .env 文件中的 ADMIN_API_KEY。',
  'not-a-workspace-id': () => '这不是工作空间的 ID。',
  'do-find-workspace-id': () =>
    '它是 UUID，例如 88845d8b-8a20-4b59-87b6-85140e1f50c1。Dify 数据库的 tenants 表中有它和工作空间的名称。',
  'no-dify-console': () => '这个地址没有 Dify 的控制台。',
  'admin-key-refused': () => 'Dify 不允许这个管理员 API 密钥访问这个工作空间',
  'do-check-admin-key': () =>
    '请核对密钥和工作空间，并确认 Dify 的 api 容器中确实有 ADMIN_API_KEY_ENABLE=true 和 ADMIN_API_KEY：docker-compose.yaml 未必会从 .env 传入。',
  'console-asks-csrf': () => '这个版本的 Dify 不接受任何管理员 API 密钥。',
  'do-update-to-1-11': () => 'Dify 1.9.2 至 1.10.1 有这个缺陷，请升级到 1.11 或更高版本。',
  'app-not-in-workspace': ({ app }) => `这个工作空间中没有 Rowbot 可以运行的应用 ${app}。`,
  'do-list-apps-again': () => '请重新列出应用：它可能已被删除。',
  'app-without-keys': () => 'Dify 不再为它创建密钥，而它也没有密钥。',
  'input-of-unknown-type': ({ input, type }) => `应用需要输入“${input}”，其类型为“${type}”，Rowbot 不支持。`,
  'do-change-input': () => '请在 Dify 中把它设为可选或换成其他类型，发布应用后重试。',

  'form-without-token': () => 'Dify 没有提供回答它的途径。',
  'form-under-other-key': () => '打开这个问题的凭据是用另一个密钥加密的。请在 Dify 中回答。',
})
