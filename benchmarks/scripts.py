"""What the systems with a language of their own are told: one text for a system in real letters and a way to solve it.

Each prints `time TOTAL RUNS` with seconds of the processor, runs multiplied until a tenth of a second has passed, and
then a line `value NUMBER` for every unknown at the random point.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from benchmarks.points import Point

SINGULAR = ("det SBareiss", "minor Cache", "minor Laplace")
GIAC = ("det_minor",)
PARI = ("matdet",)
MAXIMA = ("newdet",)
# answers in lowest terms
GIAC_COPRIME = ("det_minor", "linsolve")
PARI_COPRIME = ("matdet", "matsolve")
MAXIMA_COPRIME = ("linsolve", "fast_linsolve", "newdet")


def text(e: Expr) -> str:
    return str(e).replace("**", "^")


def rows(point: Point, column: int | None = None) -> list[list[str]]:
    """The entries of A, with b in place of a column."""
    n = point.A.rows
    return [[text(point.b[i] if j == column else point.A[i, j]) for j in range(n)] for i in range(n)]


def nested(entries: Sequence[Sequence[str]]) -> str:
    return "[" + ",".join("[" + ",".join(row) + "]" for row in entries) + "]"


def singular(point: Point, way: str, printing: bool = False, coprime: bool = False) -> str:
    """Cramer's rule by `det`, or all maximal minors of [A | b] by `minor`, over Q[letters]; 100 ticks of a millisecond.

    `minor` with "Bareiss" gives its minors in an order and with signs that depend on its pivots. With `printing`, the
    time includes turning the answer into text, and lines `text POLYNOMIAL` follow, that of the determinant last. For
    a `coprime` answer every numerator and the determinant are divided by their gcd.
    """
    n, (command, method) = point.A.rows, way.split()
    option = f',"{method}"'
    lines = [f"ring r=0,({','.join(map(str, point.letters))}),dp;", 'system("--ticks-per-sec",1000);']
    lines += ["int t; int k; int runs=1; poly d; poly g;", *(f"poly y{j}; poly d{j};" for j in range(n))]
    if command == "det":
        for name, column in [("D", None), *((f"N{j}", j) for j in range(n))]:
            entries = ",".join(e for row in rows(point, column) for e in row)
            lines.append(f"matrix {name}[{n}][{n}]={entries};")
        body = f"d=det(D{option});" + "".join(f"y{j}=det(N{j}{option});" for j in range(n))
        after = ""
    else:
        entries = ",".join(",".join([*row, text(e)]) for row, e in zip(rows(point), point.b, strict=True))
        lines += [f"matrix M[{n}][{n + 1}]={entries};", "ideal m;"]
        body = f"m=minor(M,{n}{option});"
        after = "d=m[1];" + "".join(f"y{j}={(-1) ** (n - 1 - j)}*m[{n + 1 - j}];" for j in range(n))
    names = [*(f"y{j}" for j in range(n)), "d"]
    if coprime:
        body, after = body + after + "".join(f"g=gcd(y{j},d);y{j}=y{j}/g;d{j}=d/g;" for j in range(n)), ""
    if printing:
        lines += ["short=0;", *(f"string s{name};" for name in names)]
        body, after = body + after + "".join(f"s{name}=string({name});" for name in names), ""
    lines.append(
        f"while(1){{t=timer;for(k=1;k<=runs;k++){{{body}}}t=timer-t;if(t>=100){{break;}}runs=runs*4;}}{after}"
    )
    lines.append('print("time "+string(t)+"e-3 "+string(runs));')
    if printing:
        return "\n".join([*lines, *(f'print("text "+s{name});' for name in names), "quit;"])
    lines.append(f"map at=r,{','.join(f'({v})' for v in point.letters.values())};")
    below = [f"d{j}" if coprime else "d" for j in range(n)]
    lines += [f'print("value "+string(leadcoef(at(y{j}))/leadcoef(at({below[j]}))));' for j in range(n)]
    return "\n".join([*lines, "quit;"])


def pari(point: Point, way: str, coprime: bool = False) -> str:
    """`matsolve` over rational functions, or Cramer's rule by `matdet`, whose quotients are in lowest terms."""
    n = point.A.rows
    matrices = {column: ";".join(",".join(row) for row in rows(point, column)) for column in (None, *range(n))}
    cramer = "D=matdet(A);y=vector(n,j,matdet(N[j])/D)~" if coprime else "d=matdet(A);y=vector(n,j,matdet(N[j]))~"
    body = {"matsolve": "y=matsolve(A,b)", "matdet": cramer}[way]
    letters, values = ",".join(map(str, point.letters)), ",".join(map(str, point.letters.values()))
    return "\n".join(
        [
            'default(parisizemax,"4G");',
            f"n={n};d=1;A=[{matrices[None]}];b=[{','.join(text(e) for e in point.b)}]~;",
            f"N=[{','.join(f'[{matrices[j]}]' for j in range(n))}];",
            f"runs=1;while(1,gettime();for(k=1,runs,{body});t=gettime();if(t>=100,break);runs=4*runs);",
            'print("time ",t,"e-3 ",runs);',
            f"at(p)=substvec(p,[{letters}],[{values}]);",
            'for(j=1,n,print("value ",at(y[j])/at(d)));',
            "quit",
        ]
    )


def giac(point: Point, way: str, coprime: bool = False) -> str:
    """`linsolve` over rational functions, or Cramer's rule by `det_minor`; `time` repeats by itself."""
    n = point.A.rows
    names = ",".join(f"y{j}" for j in range(n))
    minors = [f"det_minor(N{j})" for j in range(n)]
    cramer = f"d:=det_minor(A);y:=[{','.join(minors)}];"
    if coprime:
        cramer = f"D:=det_minor(A);y:=[{','.join(f'normal({minor}/D)' for minor in minors)}];"
    body = {
        "linsolve": f"y:=linsolve(A*[{names}]-b,[{names}]);",
        "det_minor": cramer,
    }[way]
    letters, values = ",".join(map(str, point.letters)), ",".join(map(str, point.letters.values()))
    lines = ["threads:=1:;", f"n:={n}:;d:=1:;A:={nested(rows(point))}:;b:=[{','.join(map(text, point.b))}]:;"]
    lines += [f"N{j}:={nested(rows(point, j))}:;" for j in range(n)]
    lines += [f"solve_it():={{{body}}}:;", "t:=time(solve_it()):;", 'print("time "+string(t[0])+" 1"):;']
    lines += [f"here(p):=subst(p,[{letters}],[{values}]):;"]
    lines += [f'print("value "+string(normal(here(y[{j}])/here(d)))):;' for j in range(n)]
    return "\n".join(lines)


def maxima(point: Point, way: str, coprime: bool = False) -> str:
    """`linsolve`, `fast_linsolve` of the package affine, or Cramer's rule by `newdet`, all on rational forms.

    Quotients of rational forms are in lowest terms.
    """
    n = point.A.rows
    names = ",".join(f"y{j}" for j in range(n))
    body = {
        "linsolve": f"y:map(rhs,linsolve(E,[{names}]))",
        "fast_linsolve": f"y:subst(fast_linsolve(E,[{names}]),[{names}])",
        "newdet": f"({'D' if coprime else 'd'}:newdet(A),y:makelist(newdet(N[j]){'/D' if coprime else ''},j,1,n))",
    }[way]

    def matrix(column: int | None) -> str:
        return "matrix(" + ",".join("[" + ",".join(row) + "]" for row in rows(point, column)) + ")"

    return "\n".join(
        [
            'load("affine")$' if way == "fast_linsolve" else "",
            f"n:{n}$d:1$A:{matrix(None)}$b:[{','.join(map(text, point.b))}]$",
            f"N:[{','.join(matrix(j) for j in range(n))}]$",
            f"E:makelist(sum(A[i][j]*[{names}][j],j,1,n)-b[i],i,1,n)$",
            "ratmx:true$display2d:false$runs:1$t:0$",
            f"while t<0.1 do (runs:4*runs,t:elapsed_run_time(),for k:1 thru runs do {body},t:elapsed_run_time()-t)$",
            'print("time",t,runs)$',
            f"at0(p):=subst([{','.join(f'{x}={v}' for x, v in point.letters.items())}],ratdisrep(p))$",
            'for j:1 thru n do print("value",ratsimp(at0(y[j])/at0(d)))$',
            "quit()$",
        ]
    )
