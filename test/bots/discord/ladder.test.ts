import { expect, test } from 'bun:test'
import { RESTJSONErrorCodes } from 'discord.js'
import { sentOf } from '../../../src/bots/discord/call.ts'
import type { LocalDiscord } from '../../support/discord/local-discord.ts'
import { aDiscordOffice } from '../support/discord-office.ts'

/**
 * What follows from a code.
 *
 * `next`: the place is given up at once. `here`: tried again there, and given up after some tries. `waits`: no place is
 * better, so it is tried again there for as long as it takes. `words`: no file, but words that say where it is.
 */
type Then = 'next' | 'here' | 'waits' | 'words'

type Name = keyof typeof RESTJSONErrorCodes

/** Codes that a message, an edit, a thread or a direct message can meet. */
const OURS = {
  GeneralError: 'here',
  UnknownChannel: 'next',
  UnknownGuild: 'next',
  UnknownMember: 'next',
  UnknownMessage: 'next',
  UnknownUser: 'next',
  ExplicitContentCannotBeSentToTheDesiredRecipient: 'next',
  NotAuthorizedToPerformThisActionOnThisApplication: 'here',
  ActionCannotBePerformedDueToSlowmodeRateLimit: 'here',
  AnnouncementEditLimitExceeded: 'here',
  ChannelWriteRateLimit: 'here',
  ChannelSendRateLimit: 'here',
  ServerWriteRateLimit: 'here',
  ServerSendRateLimit: 'here',
  MaximumNumberOfRecipientsReached: 'here',
  MaximumNumberOfAttachmentsInAMessageReached: 'here',
  MaximumThreadParticipantsReached: 'here',
  MaximumNumberOfEditsToMessagesOlderThanOneHourReached: 'waits',
  Unauthorized: 'waits',
  VerifyYourAccount: 'here',
  OpeningDirectMessagesTooFast: 'here',
  SendMessagesHasBeenTemporarilyDisabled: 'here',
  RequestEntityTooLarge: 'words',
  FeatureTemporarilyDisabledServerSide: 'here',
  UserBannedFromThisGuild: 'next',
  ConnectionHasBeenRevoked: 'waits',
  CannotSendAMessageInAForumChannel: 'next',
  ServiceResourceIsBeingRateLimited: 'waits',
  CloudflareIsBlockingYourRequest: 'waits',
  MissingAccess: 'next',
  InvalidAccountType: 'here',
  CannotExecuteActionOnDMChannel: 'next',
  CannotEditMessageAuthoredByAnotherUser: 'next',
  CannotSendAnEmptyMessage: 'here',
  CannotSendMessagesToThisUser: 'next',
  CannotSendMessagesInNonTextChannel: 'next',
  ChannelVerificationLevelTooHighForYouToGainAccess: 'next',
  MissingPermissions: 'next',
  InvalidToken: 'waits',
  CannotExecuteActionOnSystemMessage: 'next',
  CannotExecuteActionOnThisChannelType: 'next',
  InvalidRecipients: 'next',
  InvalidFormBodyOrContentType: 'here',
  InvalidAPIVersion: 'here',
  FileUploadedExceedsMaximumSize: 'words',
  InvalidFileUploaded: 'here',
  InvalidGuild: 'next',
  InvalidMessageType: 'here',
  InvalidActionOnArchivedThread: 'next',
  ServerNotAvailableInYourLocation: 'next',
  RequestBodyContainsInvalidJSON: 'here',
  ProvidedFileIsInvalid: 'here',
  ProvidedFileTypeIsInvalid: 'words',
  UploadedFileNotFound: 'here',
  TheUserAccountMustFirstBeVerified: 'here',
  CannotSendMessagesToThisUserDueToHavingNoMutualGuilds: 'next',
  TwoFactorAuthenticationIsRequired: 'next',
  ApplicationNotYetAvailable: 'here',
  APIResourceOverloaded: 'waits',
  CannotReplyWithoutPermissionToReadMessageHistory: 'here',
  ThreadAlreadyCreatedForMessage: 'here',
  ThreadLocked: 'next',
  MaximumActiveThreads: 'next',
  MaximumActiveAnnouncementThreads: 'next',
  CannotForwardMessageWithUnreadableContent: 'here',
  MessageWasBlockedByAutomaticModeration: 'next',
  TitleWasBlockedByAutomaticModeration: 'next',
  MessageBlockedByHarmfulLinksFilter: 'next',
  AccessToFileUploadsHasBeenLimitedForThisGuild: 'next',
} as const satisfies Partial<Record<Name, Then>>

/** Codes of what Rowbot never does. Should one come nevertheless, the next place is tried after some tries. */
const NEVER = [
  'UnknownAccount',
  'UnknownApplication',
  'UnknownIntegration',
  'UnknownInvite',
  'UnknownPermissionOverwrite',
  'UnknownProvider',
  'UnknownRole',
  'UnknownToken',
  'UnknownEmoji',
  'UnknownWebhook',
  'UnknownWebhookService',
  'UnknownSession',
  'UnknownAsset',
  'UnknownBan',
  'UnknownSKU',
  'UnknownStoreListing',
  'UnknownEntitlement',
  'UnknownBuild',
  'UnknownLobby',
  'UnknownBranch',
  'UnknownStoreDirectoryLayout',
  'UnknownRedistributable',
  'UnknownGiftCode',
  'UnknownStream',
  'UnknownPremiumServerSubscribeCooldown',
  'UnknownGuildTemplate',
  'UnknownDiscoverableServerCategory',
  'UnknownSticker',
  'UnknownStickerPack',
  'UnknownInteraction',
  'UnknownApplicationCommand',
  'UnknownVoiceState',
  'UnknownApplicationCommandPermissions',
  'UnknownStageInstance',
  'UnknownGuildMemberVerificationForm',
  'UnknownGuildWelcomeScreen',
  'UnknownGuildScheduledEvent',
  'UnknownGuildScheduledEventUser',
  'UnknownTag',
  'UnknownSound',
  'UnknownInviteTargetUsersJob',
  'UnknownInviteTargetUsers',
  'BotsCannotUseThisEndpoint',
  'OnlyBotsCanUseThisEndpoint',
  'ThisActionRequiresAPremiumSubscription',
  'TheMazeIsntMeantForYou',
  'OnlyTheOwnerOfThisAccountCanPerformThisAction',
  'UnderMinimumAge',
  'StageTopicServerNameServerDescriptionOrChannelNamesContainDisallowedWords',
  'GuildPremiumSubscriptionLevelTooLow',
  'MaximumNumberOfGuildsReached',
  'MaximumNumberOfFriendsReached',
  'MaximumNumberOfPinsReachedForTheChannel',
  'MaximumNumberOfGuildRolesReached',
  'MaximumNumberOfWebhooksReached',
  'MaximumNumberOfEmojisReached',
  'MaximumNumberOfReactionsReached',
  'MaximumNumberOfGroupDMsReached',
  'MaximumNumberOfGuildChannelsReached',
  'MaximumNumberOfInvitesReached',
  'MaximumNumberOfAnimatedEmojisReached',
  'MaximumNumberOfServerMembersReached',
  'MaximumNumberOfServerCategoriesReached',
  'GuildAlreadyHasTemplate',
  'MaximumNumberOfApplicationCommandsReached',
  'MaximumDailyApplicationCommandCreatesReached',
  'MaximumNumberOfNonGuildMemberBansHasBeenExceeded',
  'MaximumNumberOfBanFetchesHasBeenReached',
  'MaximumNumberOfUncompletedGuildScheduledEventsReached',
  'MaximumNumberOfStickersReached',
  'MaximumNumberOfPruneRequestsHasBeenReached',
  'MaximumNumberOfGuildWidgetSettingsUpdatesHasBeenReached',
  'MaximumNumberOfSoundboardSoundsReached',
  'MaximumNumberOfPinnedThreadsInForumHasBeenReached',
  'MaximumNumberOfTagsInForumHasBeenReached',
  'BitrateIsTooHighForChannelOfThisType',
  'MaximumNumberOfPremiumEmojisReached',
  'MaximumNumberOfWebhooksPerGuildReached',
  'MaximumNumberOfChannelPermissionOverwritesReached',
  'TheChannelsForThisGuildAreTooLarge',
  'OnlyOneChannelCanHaveAParentIdModifiedAtATime',
  'OnlyConsumableSKUsCanBeConsumed',
  'YouCanOnlyDeleteSandboxEntitlements',
  'TargetUserIsNotConnectedToVoice',
  'ThisMessageWasAlreadyCrossposted',
  'ApplicationCommandWithThatNameAlreadyExists',
  'ApplicationInteractionFailedToSend',
  'InteractionHasAlreadyBeenAcknowledged',
  'TagNamesMustBeUnique',
  'ThereAreNoTagsAvailableThatCanBeSetByNonModerators',
  'TagRequiredToCreateAForumPostInThisChannel',
  'AnEntitlementHasAlreadyBeenGrantedForThisResource',
  'ThisInteractionHasHitTheMaximumNumberOfFollowUpMessages',
  'GuildWidgetDisabled',
  'OAuth2ApplicationDoesNotHaveBot',
  'OAuth2ApplicationLimitReached',
  'InvalidOAuth2State',
  'NoteWasTooLong',
  'ProvidedTooFewOrTooManyMessagesToDelete',
  'InvalidMFALevel',
  'MessageCanOnlyBePinnedInTheChannelItWasSentIn',
  'InviteCodeInvalidOrTaken',
  'InvalidOAuth2AccessToken',
  'MissingRequiredOAuth2Scope',
  'InvalidWebhookToken',
  'InvalidRole',
  'OneOfTheMessagesProvidedWasTooOldForBulkDelete',
  'InviteAcceptedToGuildWithoutTheBotBeingIn',
  'InvalidActivityAction',
  'CannotSelfRedeemThisGift',
  'InvalidSKU',
  'InvalidRequestOrigin',
  'PaymentSourceRequiredToRedeemGift',
  'CannotModifyASystemWebhook',
  'CannotDeleteChannelRequiredForCommunityGuilds',
  'CannotEditStickersWithinMessage',
  'InvalidStickerSent',
  'InvalidThreadNotificationSettings',
  'ParameterEarlierThanCreation',
  'CommunityServerChannelsMustBeTextChannels',
  'TheEntityTypeOfTheEventIsDifferentFromTheEntityYouAreTryingToStartTheEventFor',
  'ServerNeedsMonetizationEnabledToPerformThisAction',
  'ServerNeedsMoreBoostsToPerformThisAction',
  'ProvidedFileDurationExceedsMaximumLength',
  'OwnerCannotBePendingMember',
  'OwnershipCannotBeMovedToABotUser',
  'FailedToResizeAssetBelowTheMaximumSize',
  'FailedToResizeAssetBelowTheMinimumSize',
  'CannotMixSubscriptionAndNonSubscriptionRolesForAnEmoji',
  'CannotConvertBetweenPremiumEmojiAndNormalEmoji',
  'SpecifiedEmojiIsInvalid',
  'VoiceMessagesDoNotSupportAdditionalContent',
  'VoiceMessagesMustHaveASingleAudioAttachment',
  'VoiceMessagesMustHaveSupportingMetadata',
  'VoiceMessagesCannotBeEdited',
  'CannotDeleteGuildSubscriptionIntegration',
  'CannotSendVoiceEffectWhenUserIsServerMutedDeafenedOrSuppressed',
  'YouCannotSendVoiceMessagesInThisChannel',
  'ProvidedFileDoesNotHaveAValidDuration',
  'YouDoNotHavePermissionToSendThisSticker',
  'NoUsersWithDiscordTagExist',
  'ReactionWasBlocked',
  'UserCannotUseBurstReactions',
  'IndexNotYetAvailable',
  'TheStageIsAlreadyOpen',
  'CannotReferenceAMessageWithoutPermissionToReadMessageHistory',
  'NSFWChannelMessageReferenceNotAllowed',
  'InvalidJSONForUploadedLottieFile',
  'UploadedLottiesCannotContainRasterizedImages',
  'StickerMaximumFramerateExceeded',
  'StickerFrameCountExceedsMaximumOf1000Frames',
  'LottieAnimationMaximumDimensionsExceeded',
  'StickerFramerateIsTooSmallOrTooLarge',
  'StickerAnimationDurationExceedsMaximumOf5Seconds',
  'CannotUpdateAFinishedEvent',
  'FailedToCreateStageNeededForStageEvent',
  'WebhooksPostedToForumChannelsMustHaveAThreadNameOrThreadId',
  'WebhooksPostedToForumChannelsCannotHaveBothAThreadNameAndThreadId',
  'WebhooksCanOnlyCreateThreadsInForumChannels',
  'WebhookServicesCannotBeUsedInForumChannels',
  'AccessToJoiningNewServersHasBeenLimitedForTheUser',
  'CannotEnableOnboardingRequirementsAreNotMet',
  'CannotUpdateOnboardingWhileBelowRequirements',
  'FailedToBanUsers',
  'PollVotingBlocked',
  'PollExpired',
  'InvalidChannelTypeForPollCreation',
  'CannotEditAPollMessage',
  'CannotUseAnEmojiIncludedWithThePoll',
  'CannotExpireANonPollMessage',
  'ProvisionalAccountsPermissionNotGranted',
  'IdTokenJWTExpired',
  'IdTokenJWTIssuerMismatch',
  'IdTokenJWTAudienceMismatch',
  'IdTokenJWTIssuedTooLongAgo',
  'FailedToGenerateUniqueUsername',
  'InvalidClientSecret',
] as const satisfies Name[]

/** More tries than a place is given. */
const ROUNDS = 11

const NAMES = Object.keys(RESTJSONErrorCodes).filter((key): key is Name => Number.isNaN(Number(key)))

/** Discord refuses with this code, once and then for as long as it concerns the thread. */
async function refuse(
  {
    discord,
    thread,
    ends,
    whereIs,
    aChat,
    reporterOf,
    settle,
    stateOf,
  }: Awaited<ReturnType<typeof aDiscordOffice>>,
  name: Name,
): Promise<string> {
  const reporter = reporterOf(aChat())
  const call = new RegExp(`^POST /channels/${thread}/messages$`)
  plan(discord, call, name, 1)
  const once = await ends()
  await settle(reporter, once.id)
  const after = whereIs(once.file)
  if (after.length === 0) return whereIs(`result ${once.id}`).join() === 'thread' ? 'words' : 'nowhere'
  if (after.length > 1) return `${after.length} times`
  if (after[0] !== 'thread') return after[0] === 'channel' ? 'next' : after.join()

  plan(discord, call, name, 1_000)
  const always = await ends()
  await settle(reporter, always.id, ROUNDS)
  discord.faults.clear()
  if ((await stateOf(always.id))?.state === 'seen')
    return whereIs(always.file).join() === 'channel' ? 'here' : whereIs(always.file).join()
  await settle(reporter, always.id)
  return whereIs(always.file).join() === 'thread' ? 'waits' : whereIs(always.file).join()
}

function plan(discord: LocalDiscord, call: RegExp, name: Name, times: number): void {
  const code = RESTJSONErrorCodes[name]
  discord.faults.plan(call, { kind: 'refuses', status: statusOf(name), code }, times)
}

function statusOf(name: Name): number {
  if (name === 'Unauthorized' || name === 'InvalidToken') return 401
  if (name === 'RequestEntityTooLarge') return 413
  if (name === 'APIResourceOverloaded') return 503
  return name.startsWith('Unknown') ? 404 : 400
}

test('no code that discord-api-types knows is without a decision', () => {
  expect([...Object.keys(OURS), ...NEVER].toSorted()).toEqual(NAMES.toSorted())
  const unexpected = NEVER.map((name) =>
    sentOf({ kind: 'refused', code: RESTJSONErrorCodes[name], error: '' }),
  )
  expect(new Set(unexpected.map((sent) => JSON.stringify({ ...sent, error: '' })))).toEqual(
    new Set([JSON.stringify({ kind: 'failed', error: '' })]),
  )
})

test('each refusal of a result leads to the next place, or to another try, and to one message', async () => {
  const office = await aDiscordOffice()
  const found: Record<string, string> = {}
  for (const name of Object.keys(OURS)) if (isOurs(name)) found[name] = await refuse(office, name)
  expect(found).toEqual(OURS)
  expect(office.faults).toEqual([])
})

test('whatever an edit is refused for, the result is seen once, in the thread', async () => {
  const { discord, aChat, reporterOf, ends, settle, whereIs, faults } = await aDiscordOffice()
  const found: Record<string, string> = {}
  const chat = aChat()
  for (const name of Object.keys(OURS)) {
    if (!isOurs(name)) continue
    const reporter = reporterOf(chat)
    plan(discord, /^PATCH /, name, 1_000)
    const { id, file } = await ends()
    await settle(reporter, id)
    found[name] = whereIs(file).join()
    discord.faults.clear()
  }
  expect(found).toEqual(Object.fromEntries(Object.keys(OURS).map((name) => [name, 'thread'])))
  expect(faults).toEqual([])
})

test('where the direct message is refused as well, it waits for its person', async () => {
  const { discord, mei, person, aChat, reporterOf, ends, settle, stateOf, whereIs } = await aDiscordOffice()
  discord.hasLeft = true
  for (const name of [
    'CannotSendMessagesToThisUser',
    'CannotSendMessagesToThisUserDueToHavingNoMutualGuilds',
    'UnknownUser',
    'InvalidRecipients',
    'ExplicitContentCannotBeSentToTheDesiredRecipient',
  ] as const) {
    const reporter = reporterOf(aChat())
    plan(discord, /^POST .users.@me.channels$/, name, 1_000)
    const { id, file } = await ends()
    await settle(reporter, id)
    expect(await stateOf(id)).toMatchObject({
      state: 'waiting',
      error: expect.stringContaining(String(RESTJSONErrorCodes[name])),
    })
    discord.faults.clear()
    discord.hasLeft = false
    await reporter.spoke({
      person,
      place: { platform: 'discord', team: '', channel: mei.direct, thread: mei.direct },
    })
    await settle(reporter, id)
    expect(whereIs(file)).toEqual(['direct'])
    discord.hasLeft = true
  }
})

function isOurs(name: string): name is keyof typeof OURS {
  return name in OURS
}
