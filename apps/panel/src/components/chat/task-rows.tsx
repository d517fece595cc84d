import type { Task } from '@imperal/contract'
import { IconButton, IconGlyph, ProgressBar, Spinner } from '@imperal/ui-kit'
import { useStore } from '../../data/store.ts'
import { followed, forgetTask, isOver, stopTask } from '../../data/tasks.ts'
import { t } from '../../i18n/index.ts'

/** How a task ended; while it runs, what it last said. */
function stateOf({ status, error, message }: Task): string {
  if (status === 'done') return t('Done')
  if (status === 'cancelled') return t('cancelled')
  return error ?? message ?? status
}

/** Work in the background that was begun here: one row each, which changes as the work goes on and can stop it. */
export function TaskRows() {
  const tasks = useStore(followed)
  if (tasks.length === 0) return null
  return (
    <ul className="task-rows" aria-label={t('Tasks that were begun here')}>
      {tasks.map((task) => (
        <TaskRow key={task.task_id} task={task} name={task.title || task.tool_name} />
      ))}
    </ul>
  )
}

function TaskRow({ task, name }: { readonly task: Task; readonly name: string }) {
  const over = isOver(task)
  return (
    <li className="task" data-status={task.status}>
      {over ? <IconGlyph name={task.status === 'done' ? 'Check' : 'X'} size={14} /> : <Spinner size={14} />}
      <div>
        <p className="notice-title">{name}</p>
        <p className="notice-text">{stateOf(task)}</p>
        {task.progress !== null && !over ? <ProgressBar value={task.progress} label={name} size="sm" /> : null}
      </div>
      {over ? (
        <IconButton icon="X" label={t('Dismiss {name}', { name })} onClick={() => forgetTask(task.task_id)} />
      ) : null}
      {!over && task.cancellable ? (
        <IconButton icon="Square" label={t('Stop {name}', { name })} onClick={() => void stopTask(task.task_id)} />
      ) : null}
    </li>
  )
}
