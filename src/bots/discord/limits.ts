/** Limits beyond which Discord refuses a whole message or form. Texts are clipped to them, ids never. */
export const DISCORD_LIMITS = {
  /** https://docs.discord.com/developers/reference#uploading-files: without boosts, and in direct messages */
  fileBytes: 10 * 2 ** 20,
  /** https://docs.discord.com/developers/resources/guild#guild-object-premium-tier: 50 and 100 MB from tier 2 and 3 on */
  fileBytesOfTier: [10 * 2 ** 20, 10 * 2 ** 20, 50 * 2 ** 20, 100 * 2 ** 20],
  /** https://docs.discord.com/developers/components/reference: 40, nested ones counted */
  componentsInMessage: 40,
  /** of all components of a message as JSON in UTF-8; measured, not documented: beyond about 10,170 the answer is a 500 */
  componentsBytes: 9_000,
  /** https://discordjs.guide/popular-topics/display-components: of all text displays of a message together */
  textChars: 4_000,
  /** https://docs.discord.com/developers/resources/message#create-message */
  contentChars: 2_000,
  nonceChars: 25,
  /** https://docs.discord.com/developers/components/reference#action-row */
  buttonsInRow: 5,
  /** https://docs.discord.com/developers/components/reference#button */
  buttonLabelChars: 80,
  buttonUrlChars: 512,
  /** https://docs.discord.com/developers/components/reference#string-select */
  options: 25,
  optionChars: 100,
  placeholderChars: 150,
  /** https://docs.discord.com/developers/components/reference#anatomy-of-a-component */
  idChars: 100,
  /** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal */
  modalTitleChars: 45,
  modalFields: 5,
  /** https://docs.discord.com/developers/components/reference#label */
  labelChars: 45,
  labelDescriptionChars: 100,
  /** https://docs.discord.com/developers/components/reference#text-input */
  textInputChars: 4_000,
  /** https://docs.discord.com/developers/interactions/application-commands */
  choices: 25,
  choiceChars: 100,
  descriptionChars: 100,
  /** https://docs.discord.com/developers/resources/channel */
  threadNameChars: 100,
  /** https://docs.discord.com/developers/resources/message#attachment-object */
  attachmentDescriptionChars: 1_024,
} as const
