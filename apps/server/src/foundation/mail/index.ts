export { openMailKeeper } from './mail-keeper.ts'
export {
  countMails,
  forgetMails,
  type MailQuery,
  type MailRecord,
  type MailStatus,
  readMails,
  tidyMails,
} from './mail-records.ts'
export {
  dress,
  holesOf,
  type MailTemplate,
  type MailTemplateChange,
  readTemplates,
  saveTemplate,
  valuesOf,
} from './mail-templates.ts'
export { type Mail, type MailCase, type Mailer, type MailerOptions, openMailer } from './mailer.ts'
export { type MailEnd, type MailKeeper, openPost, type Post, type PostOptions } from './post.ts'
