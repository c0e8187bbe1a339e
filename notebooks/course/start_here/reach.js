// Says that live figures work as soon as it runs, asks the kernel, and says how soon it answered.
const TIMES = 3;  // asked one after the other: the first may wait until other cells are done
const PATIENCE = 5000;  // milliseconds without an answer, until the page says that there is none
const WORKS = "✓ Live figures work here.";
const SILENCE = "✗ But the kernel does not answer. Another cell is running; or it was restarted: then choose Run, Run All Cells.";

export default {
  render({ model, el }) {
    const name = Math.random(), waits = [];  // all windows on a kernel hear what it says to one
    let since, timer;
    el.innerHTML = `<p role="status"
      style="max-width:720px;line-height:1.45;border-left:4px solid;padding-left:10px;margin:2px 0 8px"></p>`;
    const say = (words, colour) => {
      el.firstChild.textContent = `${WORKS} ${words}`;
      el.firstChild.style.borderColor = colour;
    };
    const ask = () => {
      since = performance.now();
      timer = setTimeout(say, PATIENCE, SILENCE, "#C8561B");
      model.send({ name });
    };
    const hear = answer => {
      if (answer.name != name) return;
      clearTimeout(timer);
      waits.push(performance.now() - since);
      if (waits.length < TIMES) return ask();
      say(`The kernel answered in ${Math.ceil(Math.min(...waits))} ms.`, "#1B8A5F");
    };
    say("", "#1B8A5F");
    model.on("msg:custom", hear);
    ask();
    return () => { clearTimeout(timer); model.off("msg:custom", hear); };
  },
};
