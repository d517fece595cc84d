import { Alert, Button } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { duration } from '../parts/figures.ts'
import { useModelTest } from './queries.ts'

export interface ModelTestProps {
  readonly own: boolean
  /** What stands in the form; null: too little to try. */
  readonly config: Parameters<ReturnType<typeof useModelTest>['mutate']>[0] | null
}

/** Tries what stands in the form, before it is saved. */
export function ModelTestButton({ own, config }: ModelTestProps) {
  const test = useModelTest(own)
  const result = test.data
  return (
    <>
      <Button
        icon="Activity"
        disabled={config === null}
        pending={test.isPending}
        pendingLabel={t('Trying')}
        onClick={() => config && test.mutate(config)}
      >
        {t('Try it')}
      </Button>
      {result ? (
        <Alert variant={result.ok ? 'success' : 'error'}>
          {result.ok
            ? t('{model} answered “{text}” in {time}.', {
                model: result.model,
                text: result.text ?? '',
                time: duration(result.latency_ms),
              })
            : `${result.model}: ${result.error}`}
        </Alert>
      ) : null}
      {test.error ? <Alert variant="error">{failureOf(test.error).message}</Alert> : null}
    </>
  )
}
