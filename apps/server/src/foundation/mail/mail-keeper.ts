import type { Clock } from '../clock.ts'
import type { Database } from '../db/index.ts'
import { recordMail } from './mail-records.ts'
import { dress, readTemplates } from './mail-templates.ts'
import type { MailKeeper } from './post.ts'

/** The keeper of the installation: words and log are in the database, so every node uses the same ones at once. */
export const openMailKeeper = ({ db, clock }: { readonly db: Database; readonly clock: Clock }): MailKeeper => ({
  async dress(mail) {
    const [template] = await readTemplates(db, mail.kind)
    return template?.enabled === false ? null : dress(mail, template)
  },
  note: (mail, end) => recordMail(db, mail, { ...end, at: clock.iso() }),
})
