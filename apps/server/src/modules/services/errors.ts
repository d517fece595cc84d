import { defineErrors } from '../../foundation/errors.ts'

export const servicesErrors = defineErrors('SERVICES', {
  NOT_THAT_USER: {
    kind: 'forbidden',
    message: 'The request names another user than the one it acts for.',
    hint: 'Send the same user in X-Acting-User and in the request, or only one of them.',
  },
  NOT_THAT_TENANT: { kind: 'forbidden', message: 'The request names another tenant than that of its user.' },
  NOT_THAT_APP: { kind: 'forbidden', message: 'X-Extension-ID names another app than the request.' },
  USER_NEEDED: {
    kind: 'invalid',
    message: 'Whose data this is about is not said.',
    hint: 'Name the user in X-Acting-User.',
  },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  APP_NOT_FOUND: { kind: 'not_found', message: 'There is no such app.' },
  SYSTEM_ONLY: {
    kind: 'forbidden',
    message: 'Documents of several users are for services that act for nobody.',
    hint: 'Leave out X-Acting-User.',
  },
  FILE_MISSING: { kind: 'unprocessable', message: 'The form holds no file; its field is named "file".' },
  NO_SNAPSHOT: { kind: 'not_found', message: 'This section has no snapshot.' },
  SECTION_NOT_DECLARED: { kind: 'not_found', message: 'The live version of this app declares no such section.' },
  NOT_CACHED: { kind: 'not_found', message: 'Nothing is cached under this key.' },
  NOT_INSTALLED: { kind: 'forbidden', message: 'This user does not have the app.' },
  TEXT_TOO_LONG: { kind: 'too_large', message: 'A chat message takes at most 65536 bytes.' },
  NO_SUCH_MAIL: { kind: 'not_found', message: 'The platform sends no mail of this case.' },
  ADMIN_NEEDED: {
    kind: 'forbidden',
    message: 'This takes an administrator of the installation behind the service.',
    hint: 'Name one in X-Acting-User.',
  },
  UNKNOWN_PLACEHOLDER: {
    kind: 'unprocessable',
    message: (details: { names: string[]; known: string[] }) =>
      `This mail knows no ${details.names.map((name) => `{{${name}}}`).join(', ')}; it knows ${details.known.map((name) => `{{${name}}}`).join(', ')}.`,
  },
  LINK_MISSING: {
    kind: 'unprocessable',
    message:
      'This mail is sent for its link: a body has to hold {{link}}, {{code}}, or the built-in {{text}} or {{html}}.',
  },
  MAIL_NEEDED: { kind: 'unprocessable', message: 'Nothing would be left of the subject.' },
  PROMPT_OR_MESSAGES: { kind: 'invalid', message: 'Send either a prompt or messages.' },
})
