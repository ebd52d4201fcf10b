// The switch of the colours, the search, and what scrolls. Pages can be read without this script.
(() => {
  'use strict';
  const page = document.documentElement;
  const root = page.dataset.root;

  // Colours
  const theme = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (page.dataset.colours ? page.dataset.colours === 'dark' : system.matches);
  const label = () => {
    theme.textContent = isDark() ? 'Light' : 'Dark';
    theme.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
  };
  theme.hidden = false;
  label();
  system.addEventListener('change', label);
  theme.addEventListener('click', () => {
    page.dataset.colours = isDark() ? 'light' : 'dark';
    label();
    try {
      localStorage.setItem('kt4j-colours', page.dataset.colours);
    } catch {
      // It stays for this page alone.
    }
  });

  // What is wider than its box scrolls, also with the keyboard.
  const reach = () => {
    for (const box of document.querySelectorAll('main pre, main .scroll')) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute('role', 'group');
        box.setAttribute('aria-label', box.tagName === 'PRE' ? 'Code' : 'Table');
      }
    }
  };
  reach();
  addEventListener('resize', reach);

  // The lists that stand beside the text on a wide window are not folded there, for those who hear the page, either.
  const fold = (selector, width) => {
    const list = document.querySelector(selector + ' > .fold');
    const wide = matchMedia('(min-width: ' + width + ')');
    if (list) {
      list.open = wide.matches;
      wide.addEventListener('change', () => (list.open = wide.matches));
    }
  };
  fold('.pages', '56.01rem');
  fold('.contents', '80rem');

  // The page that is shown can be seen in the list of pages.
  const here = document.querySelector('.pages [aria-current]');
  const list = document.querySelector('.pages');
  if (here && list.scrollHeight > list.clientHeight) {
    list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 2;
  }

  // Search
  const field = document.getElementById('search');
  const found = document.getElementById('found');
  const status = found.querySelector('p');
  const results = found.querySelector('ol');
  field.parentElement.hidden = false;

  const script = name =>
    new Promise((done, failed) => {
      const element = document.createElement('script');
      element.src = root + 'assets/' + name;
      element.onload = done;
      element.onerror = () => failed(new Error(name + ' cannot be read'));
      document.head.append(element);
    });
  let index;
  const load = () => {
    index ??= Promise.all([script('lunr.min.js'), script('sections.js')]).then(() =>
      lunr(function () {
        // Whole words, so that their beginnings are found; other forms are looked for by their stem, below.
        this.pipeline.remove(lunr.stemmer);
        this.searchPipeline.remove(lunr.stemmer);
        this.ref('number');
        this.field('heading', { boost: 8 });
        this.field('page', { boost: 4 });
        this.field('text');
        window.ktSections.forEach((section, number) => {
          // Tables of results and old changes hold every word.
          const boost = /^(benchmarks|CHANGELOG)/.test(section.url) ? 0.3 : 1;
          this.add({ ...section, number }, { boost });
        });
      })
    );
    return index;
  };

  // Every word has to be there: as it is written, as another form of it, as a beginning, or with one wrong letter.
  const search = (lookup, words) => {
    const hits = new Map();
    words.forEach((word, nth) => {
      const matches = lookup.query(query => {
        query.term(word, { boost: 10 });
        const stem = lunr.stemmer(new lunr.Token(word)).toString();
        query.term(word, { boost: 3, wildcard: lunr.Query.wildcard.TRAILING });
        query.term(stem, { boost: 1, wildcard: lunr.Query.wildcard.TRAILING });
        if (word.length > 4) {
          query.term(word, { boost: 0.5, editDistance: 1 });
        }
      });
      for (const match of matches) {
        const hit = hits.get(match.ref) ?? { ref: match.ref, score: 0, words: 0 };
        if (hit.words === nth) {
          hit.words++;
          hit.score += match.score;
          hits.set(match.ref, hit);
        }
      }
    });
    return [...hits.values()]
      .filter(hit => hit.words === words.length)
      .sort((one, other) => other.score - one.score);
  };

  // Without "of" and the like, unless there is nothing else.
  const meant = words => {
    const kept = words.filter(word => lunr.stopWordFilter(new lunr.Token(word)));
    return kept.length ? kept : words;
  };

  const excerpt = (text, words) => {
    const lower = text.toLowerCase();
    const places = words.map(word => lower.indexOf(word)).filter(place => place >= 0);
    const first = places.length ? Math.min(...places) : 0;
    const from = first < 60 ? 0 : lower.indexOf(' ', first - 60) + 1;
    const rest = text.length - from > 180;
    const to = rest ? text.lastIndexOf(' ', from + 180) : text.length;
    return (from > 0 ? '… ' : '') + text.slice(from, to > from ? to : from + 180) + (rest ? ' …' : '');
  };

  // Text with the words marked; never HTML.
  const marked = (element, text, words) => {
    const parts = words.length
      ? text.split(new RegExp('(' + words.map(word => word.replace(/[^\p{L}\p{N}]/gu, '\\$&')).join('|') + ')', 'iu'))
      : [text];
    parts.forEach((part, nth) => {
      if (nth % 2) {
        const mark = document.createElement('mark');
        mark.textContent = part;
        element.append(mark);
      } else {
        element.append(part);
      }
    });
    return element;
  };

  const close = () => {
    found.hidden = true;
    results.replaceChildren();
    status.textContent = '';
  };

  let latest = 0;
  const show = async () => {
    const typed = field.value.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const mine = ++latest;
    if (!typed.length) {
      close();
      return;
    }
    let lookup;
    try {
      lookup = await load();
    } catch (failure) {
      found.hidden = false;
      status.textContent = failure.message;
      return;
    }
    if (mine !== latest) {
      return;
    }
    const words = meant(typed);
    const hits = search(lookup, words);
    results.replaceChildren(
      ...hits.slice(0, 20).map(hit => {
        const section = window.ktSections[hit.ref];
        const item = document.createElement('li');
        const link = document.createElement('a');
        link.href = root + section.url;
        marked(link, section.heading, words);
        item.append(link);
        if (section.page !== section.heading) {
          const where = document.createElement('span');
          where.textContent = section.page;
          item.append(' ', where);
        }
        item.append(marked(document.createElement('p'), excerpt(section.text, words), words));
        return item;
      })
    );
    status.textContent =
      hits.length === 0
        ? 'Nothing found. Fewer or shorter words find more.'
        : hits.length === 1
          ? '1 section'
          : hits.length > 20
            ? 'The best 20 of ' + hits.length + ' sections'
            : hits.length + ' sections';
    found.hidden = false;
    found.scrollTop = 0;
  };
  field.addEventListener('focus', () => load().catch(() => {}), { once: true });
  field.addEventListener('input', show);

  const move = step => {
    const stops = [field, ...results.querySelectorAll('a')];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) {
      next.focus();
    }
  };
  document.addEventListener('keydown', event => {
    const searching = document.activeElement === field || found.contains(document.activeElement);
    if (event.key === 'Escape' && !found.hidden) {
      close();
      field.value = '';
      field.focus();
    } else if (event.key === '/' && !searching && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    } else if (searching && event.key === 'ArrowDown') {
      event.preventDefault();
      move(1);
    } else if (searching && event.key === 'ArrowUp') {
      event.preventDefault();
      move(-1);
    } else if (event.key === 'Enter' && document.activeElement === field) {
      results.querySelector('a')?.click();
    }
  });
  // A result on the page that is shown leads away from the list, too.
  results.addEventListener('click', event => {
    if (event.target.closest('a')) {
      close();
      field.value = '';
    }
  });
})();
