import { useState } from "react";

/** A picture, opened apart in its own size by a click; what it shows is in its description. */
export function PictureView(props: {
  readonly address: string;
  readonly description: string;
  /** Whether it can be opened apart: not so for pictures that are only in this page. */
  readonly canOpen: boolean;
}) {
  const { address, description } = props;
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) {
    return <p className="text-sm text-muted">The picture cannot be shown: {description}</p>;
  }
  const picture = (
    <img
      src={address}
      alt={description}
      decoding="async"
      className="max-h-96 max-w-full rounded-md border border-line bg-picture"
      onError={() => setIsBroken(true)}
    />
  );
  if (!props.canOpen) return picture;
  return (
    <a href={address} target="_blank" rel="noopener" className="block w-fit max-w-full rounded-md">
      {picture}
      <span className="sr-only"> (opens in its own size)</span>
    </a>
  );
}
