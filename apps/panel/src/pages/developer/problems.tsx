import type { DocumentIssue } from '@imperal/contract'
import { Badge, EmptyState } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { Row } from '../parts/section.tsx'
import type { Check } from './use-check.ts'

/** Errors first; each with its place and what to do. */
export function Problems({ check }: { readonly check: Check }) {
  if (check.state === 'checking') return <p className="pg-note">{t('Checking…')}</p>
  if (check.state === 'broken' || check.state === 'failed')
    return (
      <ul className="pg-rows">
        <Row title={check.message} badge={<Badge tone="danger">{t('error')}</Badge>} />
      </ul>
    )
  if (check.issues.length === 0)
    return <EmptyState icon="CircleCheck" message={t('Nothing to mend. The document can be deployed.')} />
  const sorted = [...check.issues].sort((a, b) => Number(b.level === 'ERROR') - Number(a.level === 'ERROR'))
  return (
    <ul className="pg-rows">
      {sorted.map((issue) => (
        <Problem key={`${issue.rule} ${issue.path ?? ''} ${issue.message}`} issue={issue} />
      ))}
    </ul>
  )
}

function Problem({ issue }: { readonly issue: DocumentIssue }) {
  const isError = issue.level === 'ERROR'
  return (
    <Row
      title={issue.message}
      badge={
        <Badge tone={isError ? 'danger' : 'warning'}>
          {isError ? t('{rule} error', { rule: issue.rule }) : issue.rule}
        </Badge>
      }
      detail={issue.fix}
    >
      {issue.path ? <code className="pg-note">{issue.path}</code> : null}
    </Row>
  )
}
