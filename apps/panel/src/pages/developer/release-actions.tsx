import { type Check, developer } from '@imperal/contract'
import { Button, ConfirmDialog } from '@imperal/ui-kit'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { failureOf } from '../parts/failure.ts'
import type { OwnApp } from './own-app.ts'
import { unreadyQuery } from './queries.ts'

type Question = 'submit' | 'pause'
const failedOf = (checks: readonly Check[]) => checks.filter((check) => !check.ok).map((check) => check.message)

/** The next step of the release, and the way to the document. */
export function ReleaseActions({ app }: { readonly app: OwnApp }) {
  const go = useGo()
  const client = useQueryClient()
  const [asking, setAsking] = useState<Question | null>(null)
  const params = { app_id: app.app_id }
  const act = useMutation({
    mutationFn: async (what: Question): Promise<readonly string[]> => {
      if (what === 'submit') return failedOf((await api.send(developer.submit, { params })).checks)
      await api.send(developer.suspend, { params })
      return []
    },
    onSuccess: async (failed) => {
      client.setQueryData(unreadyQuery(app.app_id).queryKey, failed)
      await client.invalidateQueries({ queryKey: ['developer'] })
    },
    onError: (error) => {
      // It may stand elsewhere by now: a reviewer or another window was first.
      void client.invalidateQueries({ queryKey: ['developer'] })
      toasts.show({ message: failureOf(error).message, variant: 'error' })
    },
  })
  const canSubmit = ['draft', 'rejected', 'suspended'].includes(app.status)
  const questions = {
    submit: {
      title: t('Submit {name} to the review?', { name: app.display_name }),
      message: t('Whoever runs the installation looks at it, and publishes it or sends it back with a reason.'),
      confirmLabel: t('Submit'),
      destructive: false,
    },
    pause: {
      title: t('Pause {name}?', { name: app.display_name }),
      message: t(
        'It leaves the marketplace, and nobody can run it until you submit it again. What people keep in it stays.',
      ),
      confirmLabel: t('Pause the app'),
      destructive: true,
    },
  }
  return (
    <>
      <Button onClick={() => go(`/developer/apps/${app.app_id}/document`)}>{t('Document')}</Button>
      {app.status === 'active' ? (
        <Button pending={act.isPending} onClick={() => setAsking('pause')}>
          {t('Pause…')}
        </Button>
      ) : null}
      {canSubmit ? (
        <Button variant="primary" pending={act.isPending} onClick={() => setAsking('submit')}>
          {t('Submit…')}
        </Button>
      ) : null}
      <ConfirmDialog
        request={asking ? questions[asking] : null}
        onAnswer={(accepted) => {
          if (accepted && asking) act.mutate(asking)
          setAsking(null)
        }}
      />
    </>
  )
}
