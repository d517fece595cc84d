import type { Deploy } from '@imperal/contract'
import { Badge, EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { counted } from '../parts/figures.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row } from '../parts/section.tsx'
import { deploysQuery } from './queries.ts'
import { stateWord } from './words.ts'

/** Deploys of an app, newest first, each with what the gate found. */
export function Deploys({ appId }: { readonly appId: string }) {
  const deploys = useQuery(deploysQuery(appId))
  return (
    <Loaded query={deploys}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon="CloudUpload" message={t('Nothing is deployed yet.')}>
            {t('Deploy the document of the app, or code with the command line:')} <code>imperal deploy</code>
          </EmptyState>
        ) : (
          <>
            <p className="pg-note" role="status">
              {counted(list.length, 'deploy')}
            </p>
            <ul className="pg-rows" aria-label={t('Deploys')}>
              {list.map((deploy) => (
                <DeployRow key={deploy.deploy_id} deploy={deploy} />
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  )
}

function DeployRow({ deploy }: { readonly deploy: Deploy }) {
  const { label, tone } = stateWord(deploy.status)
  const issues = deploy.report?.issues ?? []
  return (
    <Row
      title={deploy.version}
      badge={<Badge tone={tone}>{label}</Badge>}
      detail={
        <>
          <Moment value={deploy.created_at} />
          {deploy.commit_sha ? (
            <>
              {' · '}
              <code>{deploy.commit_sha.slice(0, 10)}</code>
            </>
          ) : null}
          {deploy.changelog ? ` · ${deploy.changelog}` : ''}
        </>
      }
    >
      {deploy.error_message ? <p className="pg-row-detail">{deploy.error_message}</p> : null}
      {issues.length > 0 ? (
        <details className="pg-checks-more">
          <summary>{counted(issues.length, 'finding')}</summary>
          <ul>
            {issues.map((issue) => (
              <li key={`${issue.rule} ${issue.file} ${issue.line} ${issue.message}`}>
                <code>{issue.rule}</code> {issue.message} {issue.fix}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Row>
  )
}
