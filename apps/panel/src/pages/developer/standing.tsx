import { Alert } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { counted } from '../parts/figures.ts'
import { Moment } from '../parts/moment.tsx'
import type { OwnApp } from './own-app.ts'
import { unreadyQuery } from './queries.ts'

/** What the developer does next, in one sentence; the button for it stands in the head of the page. */
function nextStep(app: OwnApp): string {
  if (app.version === null) return t('Next: deploy a first version, from a document here or with the command line.')
  switch (app.status) {
    case 'draft':
      return t('Next: submit it to the review. Until it is published only you see it.')
    case 'pending_review':
      return t('It waits for the review. Nothing is left to do for you.')
    case 'rejected':
      return t('Next: mend what the review says, deploy, and submit it again.')
    case 'suspended':
      return t('It is paused and runs for nobody. Next: submit it again.')
    default:
      return t('It is published. Deploy a new version to change it.')
  }
}

/** Where an app stands: its id, its version, who has it, and what comes next. */
export function Standing({ app }: { readonly app: OwnApp }) {
  const unready = useQuery(unreadyQuery(app.app_id)).data ?? []
  return (
    <div className="pg-standing">
      <p className="pg-note">
        <code>{app.app_id}</code> ·{' '}
        {app.version === null ? t('nothing deployed') : t('Version {version}', { version: app.version })} ·{' '}
        {counted(app.install_count, 'install')} · {t('changed')} <Moment value={app.updated_at} />
      </p>
      <p>{nextStep(app)}</p>
      {unready.length === 0 ? null : (
        <Alert variant="warn" title={t('Not everything is ready')}>
          <ul className="pg-list">
            {unready.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Alert>
      )}
    </div>
  )
}
