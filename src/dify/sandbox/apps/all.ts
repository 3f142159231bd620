import type { SandboxApp } from '../app.ts'
import { everyInput } from './every-input.ts'
import { giftAdviser } from './gift-adviser.ts'
import { invoiceReader } from './invoice-reader.ts'
import { labelMaker } from './label-maker.ts'
import { productCopywriter } from './product-copywriter.ts'
import { replyApproval } from './reply-approval.ts'
import { replyDrafter } from './reply-drafter.ts'
import { sloganWriter } from './slogan-writer.ts'
import { slowSummariser } from './slow-summariser.ts'
import { supportAssistant } from './support-assistant.ts'
import { ticketClassifier } from './ticket-classifier.ts'
import { unitConverter } from './unit-converter.ts'

export const SAMPLE_APPS: readonly SandboxApp[] = [
  productCopywriter,
  ticketClassifier,
  slowSummariser,
  supportAssistant,
  sloganWriter,
  everyInput,
  giftAdviser,
  unitConverter,
  replyDrafter,
  invoiceReader,
  labelMaker,
  replyApproval,
]
