/** Pseudo identities of handlers without a real user; spelled as in the contract, which would bring Zod along. */
export const SYSTEM_USER = '__system__'
export const WEBHOOK_USER = '__webhook__'
