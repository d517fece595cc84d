import { Button, returnFocus } from '@imperal/ui-kit'
import { Dialog } from 'radix-ui'
import { useRef } from 'react'
import { acceptQuestion, declineQuestion, type Question } from '../data/questions.ts'
import { t } from '../i18n/index.ts'
import { AppIcon } from './app-icon.tsx'
import { acceptLabel, ConfirmationBody, isDestructive, MoneyNote } from './confirmation-facts.tsx'
import { useCountdown } from './countdown.ts'
import { ProductMark } from './product-mark.tsx'

export interface OpenQuestionProps {
  readonly question: Question
}

/** One question of the kernel about a call that it has stopped. */
export function OpenQuestion({ question }: OpenQuestionProps) {
  const { card, app, phase, note } = question
  const safe = useRef<HTMLButtonElement>(null)
  const left = useCountdown(card.expires_at, phase === 'open')
  const isOver = phase === 'over' || (phase === 'open' && left === null)
  const decline = () => void declineQuestion(card.confirmation_id)
  return (
    <Dialog.Root open onOpenChange={(open) => !open && phase !== 'running' && decline()}>
      <Dialog.Portal>
        <Dialog.Overlay className="im-scrim" data-layer="host" />
        <Dialog.Content
          role="alertdialog"
          aria-modal="true"
          aria-describedby="confirmation-body"
          className="im-dialog confirmation"
          data-layer="host"
          onPointerDownOutside={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={returnFocus}
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            safe.current?.focus()
          }}
        >
          <header className="confirmation-head">
            <ProductMark size={14} />
            <Dialog.Title>{t('Confirmation')}</Dialog.Title>
            <AppIcon app={app} size={16} />
            <span>{app.name}</span>
            <span className="confirmation-left">
              {isOver ? t('over') : left === null ? '' : t('expires in {time}', { time: left })}
            </span>
          </header>
          <div className="confirmation-body" id="confirmation-body">
            <ConfirmationBody
              appName={app.name}
              title={card.title}
              message={card.message}
              items={card.items}
              expiresAt={card.expires_at}
            />
            {card.kind === 'money' ? <MoneyNote runs={question.runsHere} /> : null}
            {note ? (
              <p role="alert" className="confirmation-note">
                {note}
              </p>
            ) : null}
          </div>
          <footer className="confirmation-foot">
            <Button ref={safe} disabled={phase === 'running'} onClick={decline}>
              {isOver ? t('Close') : t('Cancel')}
            </Button>
            {isOver ? null : (
              <Button
                variant={isDestructive(card.items) ? 'danger' : 'primary'}
                pending={phase === 'running'}
                pendingLabel={t('Running')}
                onClick={() => void acceptQuestion(card.confirmation_id)}
              >
                {acceptLabel(card.items)}
              </Button>
            )}
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
