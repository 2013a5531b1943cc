import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from './icons.js';

export interface MenuItem {
  words: ReactNode;
  act: () => void;
  /** Set for items of which one is chosen. */
  chosen?: boolean;
}
interface MenuProps {
  label: ReactNode;
  /** What the button is for, when its words do not say. */
  name?: string;
  items: (MenuItem | 'rule')[];
  /** Words above the items. */
  says?: ReactNode;
  side?: 'left' | 'right';
  className?: string;
  arrow?: boolean;
}

/** A button that opens a list of actions; arrows walk it, Escape closes and gives the focus back. */
export function Menu({ label, name, items, says, side = 'left', className = 'btn', arrow = true }: MenuProps) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    place.current?.querySelector<HTMLElement>('[role^="menuitem"][aria-checked="true"], [role^="menuitem"]')?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) !== true) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, [open]);
  const walk = (event: KeyboardEvent): void => {
    const all = [...(place.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      setOpen(false);
      button.current?.focus();
    } else if (step !== undefined) all[(at + step + all.length) % all.length]?.focus();
    else if (event.key === 'Home') all[0]?.focus();
    else if (event.key === 'End') all[all.length - 1]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="menu-place" ref={place}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {label}
        {arrow && <Icon name="down" />}
      </button>
      {open && (
        <div className="menu float" style={side === 'right' ? { right: 0 } : { left: 0 }}>
          {says !== undefined && <div className="says q2 sm">{says}</div>}
          <div role="menu" id={id} aria-label={name} onKeyDown={walk}>
            {items.map((item, index) =>
              item === 'rule' ? (
                <hr key={index} />
              ) : (
                <button
                  key={index}
                  type="button"
                  tabIndex={-1}
                  role={item.chosen === undefined ? 'menuitem' : 'menuitemradio'}
                  aria-checked={item.chosen}
                  onClick={() => {
                    setOpen(false);
                    button.current?.focus();
                    item.act();
                  }}
                >
                  <span className="grow row">{item.words}</span>
                  {item.chosen === true && <Icon name="check" />}
                </button>
              ),
            )}
          </div>
        </div>
      )}
    </div>
  );
}
