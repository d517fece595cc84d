import { defineErrors } from '../../foundation/errors.ts'

export const mailboxErrors = defineErrors('MAILBOX', {
  NOT_SET_UP: {
    wireCode: 'mailbox_not_set_up',
    kind: 'conflict',
    message: 'No mailbox is connected yet.',
    hint: 'Connect one first.',
  },
  PASSWORD_MISSING: {
    wireCode: 'mailbox_password_missing',
    kind: 'conflict',
    message: 'The password of the mailbox is not stored yet.',
    hint: 'Store it on the secrets page of the app.',
  },
  SIGN_IN_REFUSED: {
    wireCode: 'mailbox_sign_in_refused',
    kind: 'unprocessable',
    message: (details: { host: string }) => `${details.host} did not accept the name and the password.`,
    hint: 'Many providers want a password that is made for apps, not the one of their website.',
  },
  SERVER_CLOSED_OFF: {
    wireCode: 'mailbox_server_closed_off',
    kind: 'unprocessable',
    message: (details: { reason: string }) => details.reason,
    hint: 'The operator may allow private addresses with IMPERAL_ALLOW_PRIVATE_NETWORK=true.',
  },
  UNREACHABLE: {
    wireCode: 'mailbox_unreachable',
    kind: 'unavailable',
    message: (details: { host: string; why: string }) => `${details.host} could not be reached: ${details.why}`,
  },
  REFUSED: {
    wireCode: 'mailbox_refused',
    kind: 'unprocessable',
    message: (details: { host: string; answer: string }) => `${details.host} refused: ${details.answer}`,
  },
  FOLDER_NOT_FOUND: {
    wireCode: 'mailbox_folder_not_found',
    kind: 'not_found',
    message: (details: { folder: string }) => `There is no folder “${details.folder}” in the mailbox.`,
  },
  MESSAGE_NOT_FOUND: {
    wireCode: 'mailbox_message_not_found',
    kind: 'not_found',
    message: 'There is no such message in that folder, or not any more.',
  },
})
