import type { SandboxApp, InputField } from './app.ts'
import { typeOfExtension, type SandboxFiles } from './file-store.ts'
import { InputError } from './input-error.ts'

/** What the settings of an input, or of the files that come with a call, say about files. */
type FileRules = Pick<
  InputField,
  'allowed_file_types' | 'allowed_file_extensions' | 'allowed_file_upload_methods'
>
type FileReference = Record<string, unknown>

/** @throws InputError with Dify’s words, in the order of its own checks (api/factories/file_factory) */
export function checkFiles(
  rules: FileRules,
  given: FileReference[],
  files: SandboxFiles,
  user: string,
): void {
  for (const file of given) checkFile(rules, file, files, user)
}

/**
 * The files that come with a call. An app that does not take any ignores them, as the real server does.
 * @throws InputError
 */
export function checkedAttachments(
  { attachments }: SandboxApp,
  given: FileReference[],
  files: SandboxFiles,
  user: string,
): FileReference[] {
  if (!attachments) return []
  checkFiles(attachments, given, files, user)
  const most = attachments.number_limits
  if (given.filter(({ type }) => type === 'image').length > most) {
    throw new InputError(`Number of image files exceeds the maximum limit ${most}`)
  }
  if (given.length > most) throw new InputError(`Number of files exceeds the maximum limit ${most}`)
  return given
}

function checkFile(rules: FileRules, file: FileReference, files: SandboxFiles, user: string): void {
  const { type = 'custom', transfer_method, upload_file_id, url } = file
  const method = String(transfer_method)
  if (method === 'remote_url' && !URL.canParse(String(url))) throw new InputError('Invalid file url')
  if (method === 'local_file' && !files.isVisible(String(upload_file_id), user)) {
    throw new InputError('Invalid upload file')
  }
  const extension =
    method === 'local_file' ? files.extensionOf(String(upload_file_id)) : extensionIn(String(url))
  // Nothing is fetched here, so an address without an extension may be of any type.
  if (type !== 'custom' && extension !== '' && typeOfExtension(extension) !== type) {
    throw new InputError('Detected file type does not match the specified type. Please verify the file.')
  }
  if (!isAllowed(rules, String(type), extension, method)) {
    throw new InputError(`File validation failed for file: ${String(url ?? upload_file_id)}`)
  }
}

function isAllowed(rules: FileRules, type: string, extension: string, method: string): boolean {
  const {
    allowed_file_types: types = [],
    allowed_file_extensions: extensions = [],
    allowed_file_upload_methods: methods = ['remote_url', 'local_file'],
  } = rules
  if (types.length > 0 && type !== 'custom' && !types.includes(type)) return false
  const isListed = extensions.length === 0 || extension === '' || extensions.includes(`.${extension}`)
  return (type !== 'custom' || isListed) && methods.includes(method)
}

function extensionIn(url: string): string {
  return /\.([a-z0-9]{1,10})$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''
}
