import { type AppDetail, marketplace, type Review } from '@imperal/contract'
import { Badge, Button, ConfirmDialog, EmptyState } from '@imperal/ui-kit'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Row, Section } from '../parts/section.tsx'
import { detailQuery, reviewsQuery } from './queries.ts'
import { ReviewDialog } from './review-dialog.tsx'

/** What people say of an app; whoever uses it says something too, and that others helped. */
export function Reviews({ app }: { readonly app: AppDetail }) {
  const query = useInfiniteQuery(reviewsQuery(app.app_id))
  const client = useQueryClient()
  const [writing, setWriting] = useState<Review | 'new' | null>(null)
  const [removing, setRemoving] = useState<Review | null>(null)
  const reread = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: reviewsQuery(app.app_id).queryKey }),
      client.invalidateQueries({ queryKey: detailQuery(app.app_id).queryKey }),
    ])
  const onError = (error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' })
  const vote = useMutation({
    mutationFn: ({ id, my_vote }: Review) =>
      api.send(marketplace.voteReview, { params: { review_id: id }, body: { helpful: !my_vote } }),
    onSuccess: reread,
    onError,
  })
  const remove = useMutation({
    mutationFn: ({ id }: Review) => api.send(marketplace.deleteReview, { params: { review_id: id } }),
    onSuccess: reread,
    onError,
  })
  const hasOwn = query.data?.pages.some((page) => page.reviews.some((review) => review.is_mine)) === true
  return (
    <Section
      title={t('Reviews')}
      note={app.review_count}
      actions={
        app.is_installed && !app.system && !hasOwn ? (
          <Button size="sm" onClick={() => setWriting('new')}>
            {t('Write a review')}
          </Button>
        ) : null
      }
    >
      <Loaded query={query} rows={2}>
        {({ pages }) =>
          pages[0]?.total === 0 ? (
            <EmptyState icon="Star" message={t('No reviews yet')} />
          ) : (
            <ul className="pg-rows" aria-label={t('Reviews')}>
              {pages
                .flatMap((page) => page.reviews)
                .map((review) => (
                  <Row
                    key={review.id}
                    title={review.title === '' ? review.nickname : review.title}
                    badge={<Badge tone="neutral">{t('{rating} of 5', { rating: review.rating })}</Badge>}
                    detail={
                      <>
                        {review.nickname} · <Moment value={review.created_at} />
                      </>
                    }
                    actions={
                      review.is_mine ? (
                        <>
                          <Button size="sm" onClick={() => setWriting(review)}>
                            {t('Edit')}
                          </Button>
                          <Button size="sm" onClick={() => setRemoving(review)}>
                            {t('Delete')}
                          </Button>
                        </>
                      ) : (
                        <Button
                          size="sm"
                          aria-pressed={review.my_vote}
                          pending={vote.isPending && vote.variables.id === review.id}
                          onClick={() => vote.mutate(review)}
                        >
                          {t('Helpful ({count})', { count: review.helpful_count })}
                        </Button>
                      )
                    }
                  >
                    <p className="pg-review">
                      <bdi>{review.body}</bdi>
                    </p>
                    {review.developer_reply === null ? null : (
                      <p className="pg-review pg-note">
                        {app.author}: <bdi>{review.developer_reply}</bdi>
                      </p>
                    )}
                  </Row>
                ))}
            </ul>
          )
        }
      </Loaded>
      {query.hasNextPage ? (
        <div>
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            {t('Show more')}
          </Button>
        </div>
      ) : null}
      {writing === null ? null : (
        <ReviewDialog
          app={app}
          before={writing === 'new' ? null : writing}
          onDone={reread}
          onClose={() => setWriting(null)}
        />
      )}
      <ConfirmDialog
        request={
          removing
            ? {
                title: t('Delete your review?'),
                message: t('It cannot be brought back.'),
                confirmLabel: t('Delete'),
                destructive: true,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted && removing) remove.mutate(removing)
          setRemoving(null)
        }}
      />
    </Section>
  )
}
