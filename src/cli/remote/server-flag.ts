/** Makes the command line act on a Rowbot elsewhere. Alone here, as it decides which of the two command lines is loaded. */
export const SERVER_FLAG = '--server'
