export { mailboxErrors } from './errors.ts'
export { type Mailbox, openMailbox } from './open-mailbox.ts'
