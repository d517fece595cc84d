import { moment, number, text, whole } from '../fields.ts'

// What people think of it.

export const Rated = {
  rating: number('rating.rating'),
  rating_max: number('rating.rating_max'),
  rating_count: whole('rating.rating_count'),
  own_rating: number('rating.own_rating'),
}
export const Reviewed = {
  review: text('rating.review'),
  reviewer_id: text('rating.reviewer_id'),
  reviewed_at: moment('rating.reviewed_at'),
  review_count: whole('rating.review_count'),
}
export const Sentiment = {
  sentiment: text('rating.sentiment'),
  sentiment_score: number('rating.sentiment_score'),
  sentiment_label: text('rating.sentiment_label'),
}
export const Voted = {
  upvotes: whole('rating.upvotes'),
  downvotes: whole('rating.downvotes'),
  score: whole('rating.score'),
  own_vote: text('rating.own_vote'),
}
