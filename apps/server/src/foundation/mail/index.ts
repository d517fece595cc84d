export { type Mail, type Mailer, type MailerOptions, openMailer } from './mailer.ts'
export { openPost, type Post } from './post.ts'
